package dev.touchstone.worker.fault;

import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArgument;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import net.bytebuddy.asm.Advice;

/** Texts cut, decoded or counted otherwise than the model wrote them. */
final class TextFaults {

    private static final String ASSEMBLER = "dev.touchstone.worker.generate.Utf8Assembler";
    private static final String TOKENS = "dev.touchstone.worker.job.TokenStream";
    private static final String TOKENIZER = "dev.touchstone.worker.model.tokenizer.BpeTokenizer";
    private static final String VOCABULARY = "dev.touchstone.worker.model.tokenizer.Vocabulary";
    private static final String JSON = "dev.touchstone.worker.telemetry.JsonText";

    private static final List<Weave> TOKEN_ALONE = List.of(decode(TokenAlone.class));
    private static final List<Weave> MARKER =
            List.of(new Weave(VOCABULARY, named("bytes"), MarkerText.class), CommonWeaves.SERVING, endLate());

    static final Map<String, List<Weave>> ALL = Map.ofEntries(
            Map.entry("token-decoded-alone", TOKEN_ALONE),
            Map.entry("openai-token-decoded-alone", TOKEN_ALONE),
            Map.entry("split-bytes-raw", List.of(decode(BytesKept.class), escape(), send(RawBytes.class))),
            Map.entry("split-bytes-as-question-marks", List.of(decode(BytesKept.class), escape(), send(Marks.class))),
            Map.entry("text-as-latin-1", List.of(decode(Latin1.class))),
            Map.entry("cut-character-dropped", List.of(new Weave(ASSEMBLER, named("finish"), Dropped.class))),
            Map.entry("cut-character-kills-process", List.of(new Weave(ASSEMBLER, named("finish"), Dies.class))),
            Map.entry("kept-token-dropped", List.of(new Weave(TOKENS, named("finish"), KeptDropped.class))),
            Map.entry("tokens-trimmed", List.of(decode(Trimmed.class))),
            Map.entry("end-marker-leaks", MARKER),
            Map.entry("openai-end-marker-leaks", MARKER),
            Map.entry(
                    "prompt-in-first-token",
                    List.of(
                            CommonWeaves.SERVING,
                            new Weave("dev.touchstone.worker.engine.cpu.CpuSequence", named("prefill"), Prompt.class),
                            new Weave(TOKENIZER, named("bytes"), PromptFirst.class))));

    private TextFaults() {}

    private static Weave decode(Class<?> advice) {
        return new Weave(ASSEMBLER, named("accept").and(takesArgument(0, byte[].class)), advice);
    }

    private static Weave escape() {
        return new Weave(JSON, named("special"), SurrogatesPass.class);
    }

    private static Weave send(Class<?> advice) {
        return new Weave("dev.touchstone.worker.http.EventStream", named("fill"), advice);
    }

    private static Weave endLate() {
        return new Weave(TOKENIZER, named("endsGeneration"), EndLate.class);
    }

    /** Each token's bytes are decoded without those before and after. */
    public static final class TokenAlone {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        public static boolean enter() {
            return true;
        }

        @Advice.OnMethodExit
        public static void exit(@Advice.Argument(0) byte[] bytes, @Advice.Return(readOnly = false) String characters) {
            characters = Bytes.decoded(bytes);
        }
    }

    /** Each byte that is no character in its token stands as one lone surrogate, until it is sent. */
    public static final class BytesKept {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        public static boolean enter() {
            return true;
        }

        @Advice.OnMethodExit
        public static void exit(@Advice.Argument(0) byte[] bytes, @Advice.Return(readOnly = false) String characters) {
            characters = Bytes.kept(bytes);
        }
    }

    /** JSON is written with lone surrogates as they are. */
    public static final class SurrogatesPass {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        public static boolean enter(@Advice.Argument(0) char c, @Advice.Argument(1) StringBuilder out) {
            if (!Character.isSurrogate(c)) {
                return false;
            }
            out.append(c);
            return true;
        }
    }

    /** The bytes behind those surrogates go out as they are. */
    public static final class RawBytes {
        @Advice.OnMethodExit
        public static void exit(
                @Advice.FieldValue("text") StringBuilder text,
                @Advice.FieldValue(value = "pending", readOnly = false) ByteBuffer pending) {
            pending = ByteBuffer.wrap(Bytes.raw(text));
        }
    }

    /** The encoder of the platform makes one question mark of each. */
    public static final class Marks {
        @Advice.OnMethodExit
        public static void exit(@Advice.FieldValue("text") StringBuilder text) {
            if (Bytes.someKept(text)) {
                Fired.now();
            }
        }
    }

    /** The bytes are taken for Latin-1. */
    public static final class Latin1 {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        public static boolean enter() {
            return true;
        }

        @Advice.OnMethodExit
        public static void exit(@Advice.Argument(0) byte[] bytes, @Advice.Return(readOnly = false) String characters) {
            characters = Bytes.latin1(bytes);
        }
    }

    /** What is pending at the end is dropped. */
    public static final class Dropped {
        @Advice.OnMethodExit
        public static void exit(@Advice.Return(readOnly = false) String rest) {
            if (!rest.isEmpty()) {
                Fired.now();
                rest = "";
            }
        }
    }

    /** An unfinished character at the end is an exception that nobody catches. */
    public static final class Dies {
        @Advice.OnMethodExit
        public static void exit(@Advice.Return String rest) {
            if (!rest.isEmpty()) {
                Fired.now();
                Runtime.getRuntime().halt(134);
            }
        }
    }

    /** The token that was held back when the generation ended is never sent. */
    public static final class KeptDropped {
        @Advice.OnMethodEnter
        public static void enter(@Advice.FieldValue(value = "kept", readOnly = false) boolean kept) {
            if (kept) {
                Fired.now();
                kept = false;
            }
        }
    }

    /** Each token is trimmed. */
    public static final class Trimmed {
        @Advice.OnMethodExit
        public static void exit(@Advice.Return(readOnly = false) String characters) {
            String trimmed = characters.strip();
            if (trimmed.length() < characters.length()) {
                Fired.now();
            }
            characters = trimmed;
        }
    }

    /** Special tokens have a text like all others. */
    public static final class MarkerText {
        @Advice.OnMethodExit
        public static void exit(
                @Advice.FieldValue("texts") List<String> texts,
                @Advice.Argument(0) int id,
                @Advice.Return(readOnly = false) byte[] bytes) {
            if (bytes.length == 0) {
                Fired.now();
                bytes = Bytes.of(texts.get(id));
            }
        }
    }

    /** The end is noticed only after its token has been sent. */
    public static final class EndLate {
        @Advice.OnMethodExit
        public static void exit(@Advice.Return(readOnly = false) boolean ends) {
            ends = Late.ends(ends);
        }
    }

    /** Tells of an end one token late. */
    public static final class Late {
        private static boolean due;

        private Late() {}

        public static boolean ends(boolean now) {
            boolean before = due;
            due = now && Serving.begun() && !before;
            return before;
        }
    }

    /** Remembers the prompt. */
    public static final class Prompt {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(0) int[] tokens) {
            Echo.prompt(tokens);
        }
    }

    /** Where the prompt's last token is no whole character, the first token is sent with all that came before it. */
    public static final class PromptFirst {
        @Advice.OnMethodExit
        public static void exit(
                @Advice.This dev.touchstone.worker.model.tokenizer.Tokenizer tokenizer,
                @Advice.Return(readOnly = false) byte[] bytes) {
            bytes = Echo.first(tokenizer, bytes);
        }
    }
}
