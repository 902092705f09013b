/**
 * The GPU engine: {@code llama} and {@code qwen2} models on one NVIDIA GPU, through the CUDA driver API and the kernels of
 * module {@code kernels}. Weights lie in VRAM and nowhere else.
 *
 * <p>Decode is one CUDA graph a token, whose kernels overlap by programmatic dependent launch; where the likeliest token is
 * wanted, the device chooses it and the next step already runs when the host reads it. Prefill is plain launches on tensor
 * cores. Neither knows of batches: no sum's order depends on how a prompt is split or on what ran before.
 *
 * <p>Threads: everything but {@link dev.touchstone.worker.engine.cuda.CudaEngine#facts()} and the reading of the process's
 * VRAM belongs to one thread at a time; the context is made current for whichever calls. Errors: what is wrong before a model
 * is loaded is a {@link dev.touchstone.worker.engine.ModelLoadException}; a CUDA error later is a
 * {@link dev.touchstone.worker.engine.cuda.CudaFailure}, after which nothing works any more. Sizes are bytes unless they say
 * positions, rows or tokens; device addresses are plain {@code long}s.
 */
@NullMarked
package dev.touchstone.worker.engine.cuda;

import org.jspecify.annotations.NullMarked;
