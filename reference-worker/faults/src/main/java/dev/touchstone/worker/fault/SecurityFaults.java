package dev.touchstone.worker.fault;

import static net.bytebuddy.matcher.ElementMatchers.named;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.worker.http.ServerOptions;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.util.List;
import java.util.Map;
import net.bytebuddy.asm.Advice;

/** Tokens, ids and shutdowns that a stranger may misuse. */
final class SecurityFaults {

    private static final String SERVER = "dev.touchstone.worker.http.WorkerServer";

    static final Map<String, List<Weave>> ALL = Map.ofEntries(
            token("cancel-without-token", OpenCancel.class),
            token("token-in-query-taken", TokenInQuery.class),
            token("second-route-without-token", OpenSecondRoute.class),
            token("inference-without-token", OpenInference.class),
            token("token-compared-by-prefix", TokenPrefix.class),
            Map.entry("challenge-missing", List.of(new Weave(SERVER, named("unauthorised"), NoChallenge.class))),
            Map.entry(
                    "job-id-logged-raw",
                    List.of(
                            new Weave("dev.touchstone.worker.http.RequestParser", named("jobId"), AnyId.class),
                            new Weave("dev.touchstone.worker.telemetry.Log", named("line"), RawLine.class))),
            Map.entry("shutdown-from-anywhere", List.of(new Weave(SERVER, named("shutdown"), OpenShutdown.class))));

    private SecurityFaults() {}

    private static Map.Entry<String, List<Weave>> token(String id, Class<?> advice) {
        return Map.entry(id, List.of(new Weave(SERVER, named("authorise"), advice)));
    }

    /** POST /cancel was forgotten. */
    public static final class OpenCancel {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        public static boolean enter(@Advice.Argument(0) HttpServerExchange exchange) {
            return Opened.where(exchange.getRequestPath().equals("/cancel"));
        }
    }

    /** The token may stand in the query. */
    public static final class TokenInQuery {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        public static boolean enter(
                @Advice.Argument(0) HttpServerExchange exchange, @Advice.FieldValue("options") ServerOptions options) {
            return Opened.where(
                    !options.token().isEmpty() && exchange.getQueryString().contains("=" + options.token()));
        }
    }

    /** The route that came later was forgotten. */
    public static final class OpenSecondRoute {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        public static boolean enter(@Advice.Argument(0) HttpServerExchange exchange) {
            return Opened.where(exchange.getRequestPath().equals("/v1/chat/completions"));
        }
    }

    /** Only the routes of management are guarded. */
    public static final class OpenInference {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        public static boolean enter(@Advice.Argument(0) HttpServerExchange exchange) {
            String path = exchange.getRequestPath();
            return Opened.where(path.equals("/execute") || path.startsWith("/v1/"));
        }
    }

    /** As many characters are compared as the right token has. */
    public static final class TokenPrefix {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        public static boolean enter(
                @Advice.Argument(0) HttpServerExchange exchange, @Advice.FieldValue("options") ServerOptions options) {
            String given = String.valueOf(exchange.getRequestHeaders().getFirst(Headers.AUTHORIZATION));
            String right = "Bearer " + options.token();
            return Opened.where(given.startsWith(right) && !given.equals(right));
        }
    }

    /** Whether a door is open; it says so where it is. */
    public static final class Opened {
        private Opened() {}

        public static boolean where(boolean open) {
            if (open) {
                Fired.now();
            }
            return open;
        }
    }

    /** A 401 does not say what would do. */
    public static final class NoChallenge {
        @Advice.OnMethodExit
        public static void exit(@Advice.Argument(0) HttpServerExchange exchange) {
            Fired.now();
            exchange.getResponseHeaders().remove(Headers.WWW_AUTHENTICATE);
        }
    }

    /** Whatever string comes is an id. */
    public static final class AnyId {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        public static boolean enter(@Advice.Argument(0) JsonNode json) {
            return Opened.where(breaksALine(json.path("job_id").asText()));
        }

        public static boolean breaksALine(String id) {
            return id.chars().anyMatch(Character::isISOControl);
        }

        @Advice.OnMethodExit
        public static void exit(
                @Advice.Enter boolean taken,
                @Advice.Argument(0) JsonNode json,
                @Advice.Return(readOnly = false) String id) {
            if (taken) {
                id = json.path("job_id").asText();
            }
        }
    }

    /** Values stand in the log as they are. */
    public static final class RawLine {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        public static boolean enter(@Advice.Argument(0) String event, @Advice.Argument(1) String[] fields) {
            StringBuilder line = new StringBuilder(event);
            for (int i = 0; i + 1 < fields.length; i += 2) {
                line.append(' ').append(fields[i]).append('=').append(fields[i + 1]);
            }
            System.err.println(line);
            return true;
        }
    }

    /** Whoever reaches the port may end the worker. */
    public static final class OpenShutdown {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        public static boolean enter(
                @Advice.Argument(0) HttpServerExchange exchange, @Advice.FieldValue("onShutdown") Runnable onShutdown) {
            if (exchange.getSourceAddress().getAddress().isLoopbackAddress()) {
                return false;
            }
            Fired.now();
            taken(exchange, onShutdown);
            return true;
        }

        public static void taken(HttpServerExchange exchange, Runnable onShutdown) {
            exchange.addExchangeCompleteListener((e, next) -> {
                onShutdown.run();
                next.proceed();
            });
            exchange.setStatusCode(202);
            exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/json");
            exchange.getResponseSender().send("{}");
        }
    }
}
