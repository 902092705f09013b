@NullMarked
package dev.touchstone.worker.job;

import org.jspecify.annotations.NullMarked;
