/**
 * Breaks the reference worker in known ways, by weaving advice into its methods when they are loaded. A jar of its own;
 * no production class knows it.
 */
@NullMarked
package dev.touchstone.worker.fault;

import org.jspecify.annotations.NullMarked;
