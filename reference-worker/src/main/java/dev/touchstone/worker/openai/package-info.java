/**
 * The OpenAI dialect over the worker's jobs: models, completions, chat completions, as the public API reference describes
 * them. What the worker does not do is refused, never ignored.
 */
@NullMarked
package dev.touchstone.worker.openai;

import org.jspecify.annotations.NullMarked;
