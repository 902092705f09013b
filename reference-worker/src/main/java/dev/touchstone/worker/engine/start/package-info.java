/** Which engine to run a model on, and starting it: what the commands share. */
@NullMarked
package dev.touchstone.worker.engine.start;

import org.jspecify.annotations.NullMarked;
