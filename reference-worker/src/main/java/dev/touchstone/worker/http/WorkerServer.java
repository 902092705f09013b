package dev.touchstone.worker.http;

import dev.touchstone.worker.engine.Engine;
import dev.touchstone.worker.engine.EngineFacts;
import dev.touchstone.worker.job.ErrorCode;
import dev.touchstone.worker.job.Job;
import dev.touchstone.worker.job.Scheduler;
import dev.touchstone.worker.model.tokenizer.Tokenizer;
import dev.touchstone.worker.telemetry.JsonText;
import dev.touchstone.worker.telemetry.Log;
import dev.touchstone.worker.telemetry.Metrics;
import io.undertow.Handlers;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import io.undertow.util.SameThreadExecutor;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** The native dialect on Undertow, and another beside it. Routes run on I/O threads; bodies are checked and tokenized on one thread, in order. */
public final class WorkerServer implements AutoCloseable {
    private static final int MAX_BODY = 2 << 20;
    private static final Duration REQUEST_TIME = Duration.ofSeconds(10);
    private static final String SCHEME = "Bearer ";
    private static final Map<String, String> METHODS =
            Map.of("/execute", "POST", "/cancel", "POST", "/shutdown", "POST", "/health", "GET", "/metrics", "GET");

    private final ServerOptions options;
    private final Engine engine;
    private final EngineFacts facts;
    private final Tokenizer tokenizer;
    private final Dialect dialect;
    private final Scheduler scheduler;
    private final Metrics metrics;
    private final Log log;
    private final Runnable onShutdown;
    private final ContextLimit limit;
    private final RequestParser parser;
    private final ExecutorService admission = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("admission").daemon().factory());
    private final AtomicInteger streams = new AtomicInteger();
    private final long started = System.nanoTime();
    private final HttpListener listener;

    public WorkerServer(
            ServerOptions options,
            Engine engine,
            Tokenizer tokenizer,
            Dialect dialect,
            Scheduler scheduler,
            Metrics metrics,
            Log log,
            Runnable onShutdown) {
        this(options, engine, tokenizer, dialect, scheduler, metrics, log, onShutdown, REQUEST_TIME);
    }

    /** @param requestTime how long a request may take to arrive once it has begun */
    WorkerServer(
            ServerOptions options,
            Engine engine,
            Tokenizer tokenizer,
            Dialect dialect,
            Scheduler scheduler,
            Metrics metrics,
            Log log,
            Runnable onShutdown,
            Duration requestTime) {
        this.options = options;
        this.engine = engine;
        this.facts = engine.facts();
        this.tokenizer = tokenizer;
        this.dialect = dialect;
        this.limit = new ContextLimit(facts.contextLength());
        this.scheduler = scheduler;
        this.metrics = metrics;
        this.log = log;
        this.onShutdown = onShutdown;
        this.parser = new RequestParser(facts.vocabSize(), limit.maxPromptCharacters());
        this.listener =
                new HttpListener(Handlers.httpContinueRead(this::route), requestTime, refused -> count(refused.code()));
    }

    /**
     * Binds the port.
     *
     * @throws java.io.UncheckedIOException when it is busy
     */
    public void start() {
        listener.open(options.host(), options.port());
    }

    public int port() {
        return listener.port();
    }

    /** Streams whose last byte has not been handed to the socket. */
    public int openStreams() {
        return streams.get();
    }

    @Override
    public void close() {
        listener.close();
        admission.shutdownNow();
    }

    private void route(HttpServerExchange exchange) {
        try {
            exchange.getResponseHeaders().put(HttpString.tryFromString("X-Content-Type-Options"), "nosniff");
            exchange.getResponseHeaders().put(Headers.CACHE_CONTROL, "no-store");
            String path = exchange.getRequestPath();
            if (!path.equals("/health")) {
                authorise(exchange);
            }
            String method = Optional.ofNullable(METHODS.get(path))
                    .or(() -> dialect.method(path))
                    .orElseThrow(() -> new RefusedRequest(
                            404, ErrorCode.INVALID_REQUEST, "path", "path must be one of the worker's routes."));
            if (!exchange.getRequestMethod().toString().equals(method)) {
                exchange.getResponseHeaders().put(Headers.ALLOW, method);
                throw new RefusedRequest(405, ErrorCode.INVALID_REQUEST, "method", "method must be " + method + ".");
            }
            handle(path, exchange);
        } catch (RefusedRequest e) {
            refuse(exchange, e);
        } catch (RuntimeException e) {
            fail(exchange, e);
        }
    }

    private void handle(String path, HttpServerExchange exchange) throws RefusedRequest {
        switch (path) {
            case "/health" -> health(exchange);
            case "/metrics" ->
                Reply.send(
                        exchange,
                        200,
                        "text/plain; version=0.0.4; charset=utf-8",
                        metrics.text(engine.vramBytesUsed(), scheduler.depth(), uptime()));
            case "/shutdown" -> shutdown(exchange);
            case "/cancel" -> body(exchange, this::cancel);
            case "/execute" -> {
                busyIfFull();
                body(exchange, this::execute);
            }
            default -> translate(path, exchange);
        }
    }

    private void translate(String path, HttpServerExchange exchange) throws RefusedRequest {
        if (exchange.getRequestMethod().equals(Methods.GET)) {
            Reply.json(exchange, 200, dialect.get(path));
            return;
        }
        busyIfFull();
        body(exchange, (x, bytes) -> {
            Dialect.Submission submission = dialect.post(path, bytes);
            submit(submission.job());
            switch (submission.answer()) {
                case Dialect.Answer.Streamed(FrameWriter frames) -> stream(x, submission.job(), frames);
                case Dialect.Answer.Whole(Dialect.Summary summary) -> answerOnce(x, submission.job(), summary);
            }
        });
    }

    private double uptime() {
        return (System.nanoTime() - started) / 1e9;
    }

    private void authorise(HttpServerExchange exchange) throws RefusedRequest {
        if (options.token().isEmpty()) {
            return;
        }
        String given = String.valueOf(exchange.getRequestHeaders().getFirst(Headers.AUTHORIZATION));
        boolean bearer = given.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
        // A header's characters are its bytes; the time of the comparison does not depend on where they differ.
        byte[] token = given.substring(bearer ? SCHEME.length() : 0).getBytes(StandardCharsets.ISO_8859_1);
        if (!MessageDigest.isEqual(token, options.token().getBytes(StandardCharsets.UTF_8)) || !bearer) {
            throw unauthorised(exchange, "authorization must carry the worker's bearer token.");
        }
    }

    private static RefusedRequest unauthorised(HttpServerExchange exchange, String message) {
        exchange.getResponseHeaders().put(Headers.WWW_AUTHENTICATE, "Bearer");
        return new RefusedRequest(401, ErrorCode.UNAUTHORIZED, "authorization", message);
    }

    private void busyIfFull() throws RefusedRequest {
        if (scheduler.failed()) {
            throw new RefusedRequest(500, ErrorCode.INTERNAL, "", "The engine has failed and takes no more jobs.");
        }
        if (scheduler.draining()) {
            throw new RefusedRequest(503, ErrorCode.BUSY, "", "The worker is shutting down.");
        }
        if (scheduler.full()) {
            throw new RefusedRequest(503, ErrorCode.BUSY, "", "The queue is full; try again later.");
        }
    }

    private void shutdown(HttpServerExchange exchange) throws RefusedRequest {
        // A page in a browser on this machine comes from loopback too, but it cannot leave Origin out.
        boolean local = exchange.getSourceAddress().getAddress().isLoopbackAddress()
                && !exchange.getRequestHeaders().contains(Headers.ORIGIN);
        if (options.token().isEmpty() && !local) {
            throw unauthorised(exchange, "authorization must be given for shutdown from elsewhere than loopback.");
        }
        exchange.addExchangeCompleteListener((e, next) -> {
            onShutdown.run();
            next.proceed();
        });
        Reply.json(exchange, 202, "{}");
    }

    /** What is done with a whole body, on the admission thread. */
    private interface BodyHandler {
        void handle(HttpServerExchange exchange, byte[] body) throws RefusedRequest;
    }

    private void body(HttpServerExchange exchange, BodyHandler handler) throws RefusedRequest {
        MediaType.check(exchange.getRequestHeaders());
        if (exchange.getRequestContentLength() > MAX_BODY) {
            throw tooLarge();
        }
        exchange.getRequestReceiver().setMaxBufferSize(MAX_BODY);
        exchange.getRequestReceiver()
                .receiveFullBytes(
                        (e, bytes) -> e.dispatch(admission, (HttpServerExchange x) -> admit(x, bytes, handler)),
                        (e, failure) -> {
                            e.setPersistent(false);
                            refuse(
                                    e,
                                    failure instanceof io.undertow.io.Receiver.RequestToLargeException
                                                    || failure instanceof io.undertow.server.RequestTooBigException
                                            ? tooLarge()
                                            : RefusedRequest.invalid(
                                                    "body", "body must be sent whole and well framed."));
                        });
    }

    static RefusedRequest tooLarge() {
        return new RefusedRequest(
                413, ErrorCode.INVALID_REQUEST, "body", "body must be at most " + MAX_BODY + " bytes.");
    }

    private void admit(HttpServerExchange exchange, byte[] bytes, BodyHandler handler) {
        try {
            handler.handle(exchange, bytes);
        } catch (RefusedRequest e) {
            refuse(exchange, e);
        } catch (RuntimeException e) {
            fail(exchange, e);
        }
    }

    private void cancel(HttpServerExchange exchange, byte[] body) throws RefusedRequest {
        scheduler.cancel(RequestParser.jobId(JsonReader.object(body)), "The job was cancelled by POST /cancel.");
        Reply.json(exchange, 202, "{}");
    }

    private void execute(HttpServerExchange exchange, byte[] body) throws RefusedRequest {
        ExecuteRequest request = parser.execute(body);
        int[] prompt = tokenizer.encodePrompt(request.prompt());
        int maxTokens = limit.maxTokens("prompt", prompt.length, request.maxTokens(), ContextLimit.MAX_TOKENS);
        Job job = new Job(request.jobId(), prompt, maxTokens, request.options(), request.stops());
        submit(job);
        stream(exchange, job, new EventWriter(job, options.model()));
    }

    private void submit(Job job) throws RefusedRequest {
        switch (scheduler.submit(job)) {
            case DUPLICATE ->
                throw RefusedRequest.invalid("job_id", "job_id must differ from that of every running or waiting job.");
            case FULL -> throw new RefusedRequest(503, ErrorCode.BUSY, "", "The queue is full; try again later.");
            case STOPPED -> throw new RefusedRequest(503, ErrorCode.BUSY, "", "The worker is shutting down.");
            case ACCEPTED -> streams.incrementAndGet();
        }
    }

    private void stream(HttpServerExchange exchange, Job job, FrameWriter frames) {
        exchange.setStatusCode(200);
        exchange.getResponseHeaders()
                .put(Headers.CONTENT_TYPE, "text/event-stream; charset=utf-8")
                .put(HttpString.tryFromString("X-Accel-Buffering"), "no");
        exchange.dispatch(exchange.getIoThread(), (HttpServerExchange x) -> {
            EventStream stream =
                    new EventStream(x, job, scheduler, frames, options.writeTimeout(), streams::decrementAndGet);
            x.dispatch(SameThreadExecutor.INSTANCE, stream::start);
        });
    }

    private void answerOnce(HttpServerExchange exchange, Job job, Dialect.Summary summary) {
        exchange.dispatch(exchange.getIoThread(), (HttpServerExchange x) -> {
            WholeAnswer answer = new WholeAnswer(x, job, scheduler, summary, streams::decrementAndGet);
            x.dispatch(SameThreadExecutor.INSTANCE, answer::start);
        });
    }

    private void health(HttpServerExchange exchange) {
        String active = scheduler.active();
        StringBuilder out = new StringBuilder(512);
        out.append("{\"status\":\"").append(scheduler.failed() ? "unhealthy" : "healthy");
        out.append("\",\"worker_id\":");
        JsonText.quote(options.workerId(), out);
        out.append(",\"model\":");
        JsonText.quote(options.model(), out);
        out.append(",\"resident\":").append(facts.resident()).append(",\"quant_kind\":");
        JsonText.quote(facts.quantKind(), out);
        out.append(",\"vram_bytes_used\":").append(engine.vramBytesUsed());
        out.append(",\"kv_bytes_used\":").append(scheduler.kvBytesUsed());
        out.append(",\"tokenizer_kind\":");
        JsonText.quote(tokenizer.kind(), out);
        out.append(",\"vocab_size\":").append(facts.vocabSize());
        out.append(",\"context_length\":").append(facts.contextLength());
        out.append(",\"uptime_seconds\":").append((long) uptime());
        facts.gpu().ifPresent(gpu -> {
            out.append(",\"gpu_device\":").append(gpu.device());
            out.append(",\"sm\":").append(gpu.capability());
            out.append(",\"cuda_runtime_version\":");
            JsonText.quote(gpu.cudaVersion(), out);
        });
        if (!active.isEmpty()) {
            out.append(",\"active_job\":");
            JsonText.quote(active, out);
        }
        out.append(",\"queue_depth\":").append(scheduler.depth()).append('}');
        Reply.json(exchange, scheduler.failed() ? 503 : 200, out.toString());
    }

    private void refuse(HttpServerExchange exchange, RefusedRequest refused) {
        if (refused.code() == ErrorCode.BUSY) {
            exchange.getResponseHeaders().put(Headers.RETRY_AFTER, "1");
        }
        count(refused.code());
        String path = exchange.getRequestPath();
        Reply.json(exchange, refused.status(), dialect.speaks(path) ? dialect.error(refused) : refused.body());
    }

    private void count(ErrorCode code) {
        String outcome = switch (code) {
            case BUSY -> "busy";
            case INTERNAL -> "internal";
            default -> "rejected";
        };
        metrics.finished(outcome, 0);
    }

    private void fail(HttpServerExchange exchange, RuntimeException failure) {
        count(ErrorCode.INTERNAL);
        log.line("request_failed", "error", failure.getClass().getSimpleName());
        String body = JsonBodies.error(ErrorCode.INTERNAL, "", "The worker failed to handle the request.", "");
        Reply.json(exchange, 500, dialect.speaks(exchange.getRequestPath()) ? dialect.failure() : body);
    }
}
