/** Conversations to prompts, by the template that a model carries. */
@NullMarked
package dev.touchstone.worker.model.chat;

import org.jspecify.annotations.NullMarked;
