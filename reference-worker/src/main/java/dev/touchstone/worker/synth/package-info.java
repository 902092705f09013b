/** Made-up models of real shapes: valid GGUF files of random weights, for tests and speed where no real model is at hand. */
@NullMarked
package dev.touchstone.worker.synth;

import org.jspecify.annotations.NullMarked;
