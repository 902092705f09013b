/** The kit's own proof: each check is shown to catch a worker that is broken in just its way, and no odd but legal one. */
@NullMarked
package dev.touchstone.features.teeth;

import org.jspecify.annotations.NullMarked;
