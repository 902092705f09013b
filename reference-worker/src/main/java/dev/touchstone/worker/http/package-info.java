@NullMarked
package dev.touchstone.worker.http;

import org.jspecify.annotations.NullMarked;
