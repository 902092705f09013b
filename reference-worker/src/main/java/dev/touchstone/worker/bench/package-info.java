/** The {@code bench} command: how fast an engine runs on this machine. */
@NullMarked
package dev.touchstone.worker.bench;

import org.jspecify.annotations.NullMarked;
