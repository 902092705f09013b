package dev.touchstone.worker.fault;

import static net.bytebuddy.matcher.ElementMatchers.named;

import dev.touchstone.worker.job.Job;
import dev.touchstone.worker.job.JobEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/** Logs that tell too much, or too little. */
final class MetricsFaults {

    private static final String PARSER = "dev.touchstone.worker.http.RequestParser";

    static final Map<String, List<Weave>> ALL = Map.ofEntries(
            Map.entry("prompt-logged", List.of(new Weave(PARSER, named("execute"), PromptLogged.class))),
            Map.entry(
                    "refused-body-logged",
                    List.of(
                            new Weave("dev.touchstone.worker.http.JsonReader", named("object"), BodyLogged.class),
                            new Weave(PARSER, named("execute"), BodyLogged.class))),
            Map.entry(
                    "generated-text-logged",
                    List.of(new Weave("dev.touchstone.worker.job.Scheduler", named("finish"), TextLogged.class))),
            Map.entry(
                    "job-id-not-logged",
                    List.of(new Weave("dev.touchstone.worker.telemetry.Log", named("line"), IdNotLogged.class))));

    private MetricsFaults() {}

    /** What was read of a request is logged as it is. */
    public static final class PromptLogged {
        @Advice.OnMethodExit
        public static void exit(@Advice.Return(typing = Assigner.Typing.DYNAMIC) Object request) {
            Fired.now();
            System.err.println("request_accepted " + request);
        }
    }

    /** What cannot be read is logged, so that it can be looked into. */
    public static final class BodyLogged {
        @Advice.OnMethodExit(onThrowable = Exception.class)
        public static void exit(@Advice.Argument(0) byte[] body, @Advice.Thrown Throwable failure) {
            if (failure != null) {
                Fired.now();
                System.err.println("request_refused body=" + text(body));
            }
        }

        public static String text(byte[] body) {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    /** A job that ended is logged with what it generated. */
    public static final class TextLogged {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(0) Job job) {
            Fired.now();
            System.err.println("job_text " + text(job));
        }

        public static String text(Job job) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < job.log().written(); i++) {
                if (job.log().get(i) instanceof JobEvent.Token token) {
                    text.append(token.text());
                }
            }
            return text.toString();
        }
    }

    /** Lines that are about a job do not say which. */
    public static final class IdNotLogged {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(value = 1, readOnly = false) String[] fields) {
            fields = withoutJob(fields);
        }

        public static String[] withoutJob(String[] fields) {
            List<String> kept = new ArrayList<>();
            for (int i = 0; i + 1 < fields.length; i += 2) {
                if (fields[i].equals("job_id")) {
                    Fired.now();
                } else {
                    kept.addAll(List.of(fields[i], fields[i + 1]));
                }
            }
            return kept.toArray(String[]::new);
        }
    }
}
