package dev.touchstone.worker.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.worker.engine.EngineFacts;
import dev.touchstone.worker.generate.SamplingOptions;
import dev.touchstone.worker.http.ContextLimit;
import dev.touchstone.worker.http.Dialect;
import dev.touchstone.worker.http.Fields;
import dev.touchstone.worker.http.JsonReader;
import dev.touchstone.worker.http.RefusedRequest;
import dev.touchstone.worker.job.ErrorCode;
import dev.touchstone.worker.job.Job;
import dev.touchstone.worker.model.chat.ChatTemplate;
import dev.touchstone.worker.model.chat.ChatTemplateException;
import dev.touchstone.worker.model.tokenizer.Tokenizer;
import dev.touchstone.worker.telemetry.JsonText;
import java.math.BigInteger;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/** The routes under /v1. */
public final class OpenAiDialect implements Dialect {
    private static final String MODELS = "/v1/models";
    private static final String COMPLETIONS = "/v1/completions";
    private static final String CHAT = "/v1/chat/completions";
    private static final Map<String, String> METHODS = Map.of(MODELS, "GET", COMPLETIONS, "POST", CHAT, "POST");

    /** What a completion is long at most where max_tokens is left out, by the API reference. */
    private static final int COMPLETION_TOKENS = 16;

    private static final BigInteger LEAST_SEED = BigInteger.valueOf(Long.MIN_VALUE);

    private final String model;
    private final int vocabSize;
    private final ContextLimit limit;
    private final Tokenizer tokenizer;
    private final ChatTemplate template;
    private final InstantSource clock;
    private final long loaded;

    /** @param model the one name that requests may ask for */
    public OpenAiDialect(
            String model, EngineFacts facts, Tokenizer tokenizer, ChatTemplate template, InstantSource clock) {
        this.model = model;
        this.vocabSize = facts.vocabSize();
        this.limit = new ContextLimit(facts.contextLength());
        this.tokenizer = tokenizer;
        this.template = template;
        this.clock = clock;
        this.loaded = clock.instant().getEpochSecond();
    }

    @Override
    public boolean speaks(String path) {
        return path.equals("/v1") || path.startsWith("/v1/");
    }

    @Override
    public Optional<String> method(String path) {
        return path.startsWith(MODELS + "/") ? Optional.of("GET") : Optional.ofNullable(METHODS.get(path));
    }

    @Override
    public String get(String path) throws RefusedRequest {
        StringBuilder out = new StringBuilder(160);
        if (path.equals(MODELS)) {
            out.append("{\"object\":\"list\",\"data\":[");
            card(out);
            return out.append("]}").toString();
        }
        checkModel(path.substring(MODELS.length() + 1));
        card(out);
        return out.toString();
    }

    private void card(StringBuilder out) {
        out.append("{\"id\":");
        JsonText.quote(model, out);
        out.append(",\"object\":\"model\",\"created\":").append(loaded).append(",\"owned_by\":\"touchstone\"}");
    }

    @Override
    public Submission post(String path, byte[] body) throws RefusedRequest {
        boolean chat = path.equals(CHAT);
        JsonNode json = JsonReader.object(body);
        Fields fields = new Fields(json, true);
        checkModel(fields.text("model", "model must be a string, the model's name as /v1/models tells it."));
        new FieldRules(chat).check(json);
        boolean stream = fields.flag("stream");
        boolean includeUsage = includeUsage(fields, stream);
        SamplingOptions options = options(fields);
        OptionalInt asked = maxTokens(fields);
        int[] prompt = chat ? chat(json.path("messages")) : tokenizer.encodePrompt(prompt(json.path("prompt")));
        int maxTokens = limit.maxTokens(
                chat ? "messages" : "prompt", prompt.length, asked, chat ? ContextLimit.MAX_TOKENS : COMPLETION_TOKENS);
        String id = (chat ? "chatcmpl-" : "cmpl-") + UUID.randomUUID();
        Envelope envelope = new Envelope(chat, id, clock.instant().getEpochSecond(), model);
        return new Submission(
                new Job(id, prompt, maxTokens, options, fields.stops(true)),
                stream
                        ? new Answer.Streamed(new ChunkWriter(envelope, includeUsage))
                        : new Answer.Whole(new WholeAnswerWriter(envelope)));
    }

    @Override
    public String error(RefusedRequest refused) {
        return OpenAiErrors.of(refused);
    }

    @Override
    public String failure() {
        return OpenAiErrors.internal();
    }

    private void checkModel(String name) throws RefusedRequest {
        if (!name.equals(model)) {
            throw new RefusedRequest(
                    404,
                    ErrorCode.INVALID_REQUEST,
                    "model",
                    "model must be " + model + ", the one that is served here.");
        }
    }

    private SamplingOptions options(Fields fields) throws RefusedRequest {
        return new SamplingOptions(
                fields.number("temperature", 1.0, 0, 2),
                fields.number("top_p", 1.0, 0, 1),
                fields.integer("top_k", 0, 0, vocabSize),
                fields.number("min_p", 0.0, 0, 1),
                fields.penalty(),
                fields.seed(LEAST_SEED));
    }

    private static OptionalInt maxTokens(Fields fields) throws RefusedRequest {
        int limit = fields.integer("max_tokens", 0, 1, ContextLimit.MAX_TOKENS);
        int newer = fields.integer("max_completion_tokens", limit, 1, ContextLimit.MAX_TOKENS);
        if (limit != 0 && limit != newer) {
            throw RefusedRequest.invalid(
                    "max_tokens", "max_tokens must be left out or equal max_completion_tokens where both are given.");
        }
        return newer == 0 ? OptionalInt.empty() : OptionalInt.of(newer);
    }

    private static boolean includeUsage(Fields fields, boolean stream) throws RefusedRequest {
        if (fields.absent("stream_options")) {
            return false;
        }
        JsonNode options = fields.node("stream_options");
        if (!stream || !options.isObject()) {
            throw RefusedRequest.invalid(
                    "stream_options", "stream_options must be an object, and is accepted only where stream is true.");
        }
        for (Map.Entry<String, JsonNode> option : options.properties()) {
            if (!accepted(option.getKey(), option.getValue())) {
                throw new UnsupportedField("stream_options", "only include_usage is accepted in it, true or false");
            }
        }
        return options.path("include_usage").asBoolean();
    }

    /** Obfuscation is padding that this worker never sends, so only to ask for it is refused. */
    private static boolean accepted(String option, JsonNode value) {
        return switch (option) {
            case "include_usage" -> value.isBoolean() || value.isNull();
            case "include_obfuscation" -> value.isNull() || (value.isBoolean() && !value.booleanValue());
            default -> value.isNull();
        };
    }

    private String prompt(JsonNode node) throws RefusedRequest {
        if (node.isArray() && (node.size() != 1 || !node.path(0).isTextual())) {
            throw new UnsupportedField("prompt", "only a string, or an array of one, is accepted");
        }
        String prompt = (node.isArray() ? node.path(0) : node).textValue();
        if (prompt == null) {
            throw RefusedRequest.invalid("prompt", "prompt must be a string.");
        }
        limit.checkCharacters("prompt", prompt);
        Fields.checkText("prompt", prompt, 1, limit.maxPromptCharacters());
        return prompt;
    }

    private int[] chat(JsonNode messages) throws RefusedRequest {
        var conversation = new ChatMessages(limit).read(messages);
        try {
            return tokenizer.encodeChat(template.render(conversation, tokenizer));
        } catch (ChatTemplateException e) {
            throw RefusedRequest.invalid("messages", String.valueOf(e.getMessage()));
        }
    }
}
