/** A worker whose host is a recording: what a GPU's host showed once is fed to the kit's probes where there is no GPU. */
@NullMarked
package dev.touchstone.features.teeth.host;

import org.jspecify.annotations.NullMarked;
