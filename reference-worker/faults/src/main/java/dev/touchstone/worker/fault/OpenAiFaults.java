package dev.touchstone.worker.fault;

import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.touchstone.worker.job.JobEvent;
import dev.touchstone.worker.model.chat.ChatMessage;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import net.bytebuddy.asm.Advice;

/** OpenAI-compatible routes that stream, refuse or template otherwise than promised. */
final class OpenAiFaults {

    private static final String CHUNKS = "dev.touchstone.worker.openai.ChunkWriter";
    private static final String DIALECT = "dev.touchstone.worker.openai.OpenAiDialect";
    private static final String TEMPLATE = "dev.touchstone.worker.model.chat.ChatTemplate";

    static final Map<String, List<Weave>> ALL = Map.ofEntries(
            Map.entry(
                    "chat-template-ignored",
                    List.of(new Weave(TEMPLATE, named("render").and(takesArguments(2)), TemplateIgnored.class))),
            Map.entry("any-model-served", List.of(new Weave(DIALECT, named("checkModel"), AnyModel.class))),
            Map.entry("failure-looks-complete", List.of(new Weave(CHUNKS, named("write"), LooksComplete.class))),
            Map.entry("failure-looks-stopped", List.of(new Weave(CHUNKS, named("write"), LooksStopped.class))),
            Map.entry("failure-ends-silently", List.of(new Weave(CHUNKS, named("write"), EndsSilently.class))));

    private OpenAiFaults() {}

    /** The words of all messages, line by line. */
    public static final class TemplateIgnored {
        @Advice.OnMethodExit
        public static void exit(
                @Advice.Argument(0) List<ChatMessage> messages, @Advice.Return(readOnly = false) String text) {
            Fired.now();
            text = bare(messages);
        }

        public static String bare(List<ChatMessage> messages) {
            return messages.stream().map(ChatMessage::content).collect(Collectors.joining("\n"));
        }
    }

    /** Nobody looks at the model's name. */
    public static final class AnyModel {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        public static boolean enter(@Advice.Argument(0) String name, @Advice.FieldValue("model") String model) {
            if (name.equals(model)) {
                return false;
            }
            Fired.now();
            return true;
        }
    }

    /** A job that failed is reported as one that came to its limit. */
    public static final class LooksComplete {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(value = 0, readOnly = false) JobEvent event) {
            if (event instanceof JobEvent.Failed) {
                Fired.now();
                event = new JobEvent.End(1, 1, 1.0, "max_tokens");
            }
        }
    }

    /** A job that failed is reported as one that the model ended. */
    public static final class LooksStopped {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(value = 0, readOnly = false) JobEvent event) {
            if (event instanceof JobEvent.Failed) {
                Fired.now();
                event = new JobEvent.End(1, 1, 1.0, "eos");
            }
        }
    }

    /** Of a job that failed nothing more is said; its last chunk ends the body. */
    public static final class EndsSilently {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        public static boolean enter(@Advice.Argument(0) JobEvent event) {
            boolean failed = event instanceof JobEvent.Failed;
            if (failed) {
                Fired.now();
            }
            return failed;
        }
    }
}
