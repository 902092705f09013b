@NullMarked
package dev.touchstone.worker;

import org.jspecify.annotations.NullMarked;
