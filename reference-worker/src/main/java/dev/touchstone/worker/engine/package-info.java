/**
 * What runs a model: the interface of the engines, the facts they tell, and what they share in reading a model. The
 * engines themselves are in {@code engine.cpu} and {@code engine.cuda}.
 */
@NullMarked
package dev.touchstone.worker.engine;

import org.jspecify.annotations.NullMarked;
