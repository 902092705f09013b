/** A proxy before a real worker that changes the traffic: faults that the kit must name, oddities that it must not. */
@NullMarked
package dev.touchstone.features.teeth.wire;

import org.jspecify.annotations.NullMarked;
