package dev.touchstone.worker.model.chat;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.el.JinjavaInterpreterResolver;
import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.interpret.TemplateError;
import dev.touchstone.worker.model.gguf.GgufMetadata;
import dev.touchstone.worker.model.tokenizer.Tokenizer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import jinjava.javax.el.CompositeELResolver;

/**
 * The chat template that a model's GGUF metadata carries ({@code tokenizer.chat_template}), rendered as Hugging Face's
 * {@code apply_chat_template} does: trim_blocks and lstrip_blocks on, {@code messages}, {@code bos_token},
 * {@code eos_token}, {@code add_generation_prompt}, {@code raise_exception}, {@code strftime_now}, no tools. Thread-safe.
 *
 * <p>The Jinja is Jinjava's, which is not all of Jinja. What is known to be read otherwise is refused when a conversation
 * gets there: {@code for … if}, {@code for … else}, the filter {@code items}, and all methods of strings but those of
 * {@link PythonStrings}; what Jinjava cannot read at all, such as {@code messages[::-1]}, is an error too. Known to
 * be left: it prints {@code true} where Jinja prints {@code True}, takes a missing attribute for {@code none}, takes an
 * empty text for equal to {@code false}, and a variable set in a loop stays set in the next round.
 */
public final class ChatTemplate {
    /** At the start of a line, what lstrip_blocks takes away; Jinjava's own would also take it from within a line. */
    private static final Pattern INDENT = Pattern.compile("(?m)^[ \\t]+(?=\\{[%#](?!\\+))");
    /** What the expression language could take for a number or a truth value. */
    private static final Pattern COERCIBLE =
            Pattern.compile("\\s*(?i:true|false|null|none|nan|[+-]?[0-9._]+(e[+-]?[0-9]+)?[dfl]?)\\s*");

    private static final long MAX_OUTPUT = 4L << 20;
    private static final Jinjava ENGINE = engine();

    private final Optional<String> source;
    private final Map<String, Object> tokens;
    private final InstantSource clock;

    private ChatTemplate(Optional<String> source, Map<String, Object> tokens, InstantSource clock) {
        this.source = source.map(ChatTemplate::normalised);
        this.tokens = Map.copyOf(tokens);
        this.clock = clock;
    }

    /** Reads the template; where the model has none, every conversation is refused. */
    public static ChatTemplate of(GgufMetadata metadata, InstantSource clock) {
        Map<String, Object> tokens = new HashMap<>();
        List<String> texts = metadata.strings("tokenizer.ggml.tokens").orElse(List.of());
        for (String name : List.of("bos", "eos")) {
            metadata.integer("tokenizer.ggml." + name + "_token_id").stream()
                    .filter(id -> id >= 0 && id < texts.size())
                    .forEach(id -> tokens.put(name + "_token", texts.get((int) id)));
        }
        return new ChatTemplate(metadata.string("tokenizer.chat_template"), tokens, clock);
    }

    /** A template that is given as text, for a model whose special tokens have the given texts. */
    public static ChatTemplate of(Optional<String> source, String bos, String eos, InstantSource clock) {
        return new ChatTemplate(source, Map.of("bos_token", bos, "eos_token", eos), clock);
    }

    /** Renders one short conversation, so that the first client does not wait for classes to load. */
    public void warmUp() {
        if (source.isPresent()) {
            render(Map.of("messages", turns(List.of(new ChatMessage("user", "x")), text -> text)));
        }
    }

    /**
     * Renders a conversation, with the head of the assistant's next turn. What users wrote in it is guarded: see
     * {@link Tokenizer#guard}; the text is for {@link Tokenizer#encodeChat} only.
     *
     * @throws ChatTemplateException if the model has no template, the template refuses the conversation, or needs what
     *     the engine has not
     */
    public String render(List<ChatMessage> messages, Tokenizer tokenizer) throws ChatTemplateException {
        if (source.isEmpty()) {
            throw new ChatTemplateException(
                    "The model has no chat template in its metadata (tokenizer.chat_template); use /v1/completions.");
        }
        RenderResult result = render(Map.of("messages", turns(messages, text -> inert(tokenizer.guard(text)))));
        if (result.hasErrors()) {
            throw refusal(result.getErrors());
        }
        return result.getOutput();
    }

    private RenderResult render(Map<String, Object> variables) {
        Map<String, Object> context = new HashMap<>(tokens);
        context.putAll(variables);
        context.put("add_generation_prompt", true);
        context.put(TemplateFunctions.CLOCK, clock);
        // Only so that "is defined" holds: a call finds the function, not the variable.
        context.put("raise_exception", "function");
        context.put("strftime_now", "function");
        return ENGINE.renderForResult(source.orElse(""), context);
    }

    private static List<Map<String, Object>> turns(
            List<ChatMessage> messages, java.util.function.UnaryOperator<String> content) {
        List<Map<String, Object>> turns = new ArrayList<>();
        for (ChatMessage message : messages) {
            turns.add(Map.of("role", message.role(), "content", content.apply(message.content())));
        }
        return turns;
    }

    /** Keeps the expression language from taking a text for a number: "12" is 12 to it, and "false" is not true. */
    private static String inert(String text) {
        if (!COERCIBLE.matcher(text).matches()) {
            return text;
        }
        int first = 0;
        while (Character.isWhitespace(text.charAt(first))) {
            first++;
        }
        return text.substring(0, first + 1) + Tokenizer.GUARD + text.substring(first + 1);
    }

    /** What Jinja does to a template's text before it reads it: one line end at the end is dropped. */
    private static String normalised(String source) {
        String text = source.replace("\r\n", "\n");
        return INDENT.matcher(text.endsWith("\n") ? text.substring(0, text.length() - 1) : text)
                .replaceAll("");
    }

    private static ChatTemplateException refusal(List<TemplateError> errors) {
        for (TemplateError error : errors) {
            for (Throwable cause = error.getException(); cause != null; cause = cause.getCause()) {
                if (cause instanceof TemplateFunctions.Raised raised) {
                    return new ChatTemplateException(
                            "The model's chat template refuses this conversation: " + raised.text());
                }
            }
        }
        return new ChatTemplateException(
                "The model's chat template cannot be applied: its line %d needs what this worker's template engine lacks."
                        .formatted(errors.getFirst().getLineno()));
    }

    private static Jinjava engine() {
        CompositeELResolver resolver = new CompositeELResolver();
        resolver.add(new PythonStrings());
        resolver.add(JinjavaInterpreterResolver.DEFAULT_RESOLVER_READ_ONLY);
        Jinjava engine = new Jinjava(JinjavaConfig.newBuilder()
                .withTrimBlocks(true)
                .withKeepTrailingNewline(true)
                .withNestedInterpretationEnabled(false)
                .withMaxOutputSize(MAX_OUTPUT)
                .withElResolver(resolver)
                .withLegacyOverrides(LegacyOverrides.newBuilder()
                        .withParseWhitespaceControlStrictly(true)
                        .withUseTrimmingForNotesAndExpressions(true)
                        .withUsePyishObjectMapper(true)
                        .withKeepNullableLoopValues(true)
                        .withHandleBackslashInQuotesOnly(true)
                        .withIterateOverMapKeys(true)
                        .withUseNaturalOperatorPrecedence(true)
                        .withEvaluateMapKeys(true)
                        .build())
                .build());
        TemplateFunctions.register(engine);
        return engine;
    }
}
