/**
 * A process that serves one worker after another, each of classes of its own, so that the JIT compiler's work for what
 * they share is done once.
 */
@NullMarked
package dev.touchstone.worker.fault.host;

import org.jspecify.annotations.NullMarked;
