@NullMarked
package dev.touchstone.worker.generate;

import org.jspecify.annotations.NullMarked;
