@NullMarked
package dev.touchstone.worker.telemetry;

import org.jspecify.annotations.NullMarked;
