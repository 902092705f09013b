/**
 * The CPU engine: {@code llama} and {@code qwen2} models on the Vector API.
 *
 * <p>Weights are repacked at load into panels of {@link dev.touchstone.worker.engine.cpu.Lanes#PANEL} rows whose columns lie
 * side by side, so that one vector holds one column of several rows. A row's sum then runs over its columns one by one, in
 * one lane: no horizontal sum exists, and its order is the same for one token and for many, which is what makes every
 * logit bit-identical however a prompt is split.
 */
@NullMarked
package dev.touchstone.worker.engine.cpu;

import org.jspecify.annotations.NullMarked;
