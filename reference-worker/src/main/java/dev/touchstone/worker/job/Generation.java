package dev.touchstone.worker.job;

import dev.touchstone.worker.engine.Engine;
import dev.touchstone.worker.engine.Sequence;
import dev.touchstone.worker.generate.ChainSampler;
import dev.touchstone.worker.generate.Sampler;
import dev.touchstone.worker.generate.StopMatcher;
import dev.touchstone.worker.model.tokenizer.Tokenizer;
import java.time.Duration;
import java.time.Instant;
import java.util.function.IntConsumer;

/** Runs jobs on the engine, one at a time, on the engine thread: prefill in parts, then the decode loop. */
final class Generation {
    private static final float[] NO_LOGITS = {};

    private final Engine engine;
    private final Tokenizer tokenizer;
    private final Duration timeout;
    private final float[] logits;
    private volatile int cachedPositions;

    Generation(Engine engine, Tokenizer tokenizer, Duration timeout) {
        this.engine = engine;
        this.tokenizer = tokenizer;
        this.timeout = timeout;
        this.logits = new float[engine.facts().vocabSize()];
    }

    /**
     * Runs the job and returns its terminal event, which the caller publishes once its books are in order.
     *
     * @param firstToken receives the time to the first token, in microseconds
     */
    JobEvent run(Job job, IntConsumer firstToken) {
        job.log().append(new JobEvent.Started(Instant.now()));
        Sampler sampler = new ChainSampler(job.options());
        TokenStream out = new TokenStream(new StopMatcher(job.stops()), job.log()::append);
        try (Sequence sequence = engine.open(
                Math.min(job.promptTokens() + job.maxTokens(), engine.facts().contextLength()))) {
            return generate(job, sequence, sampler, out, firstToken);
        } catch (Interruption e) {
            out.finish();
            return new JobEvent.Failed(e.code, e.text);
        } finally {
            cachedPositions = 0;
        }
    }

    /** Bytes of KV cache that the running job has filled; safe from any thread. */
    long kvBytesUsed() {
        return cachedPositions * engine.facts().kvBytesPerToken();
    }

    private JobEvent generate(Job job, Sequence sequence, Sampler sampler, TokenStream out, IntConsumer firstToken)
            throws Interruption {
        long begun = System.nanoTime();
        NextToken next = NextToken.of(sequence, sampler, logits);
        prefill(job, sequence, next, begun);
        for (int token : job.prompt()) {
            sampler.seen(token);
        }
        long decodeBegun = System.nanoTime();
        String reason = "max_tokens";
        int firstTokenMicros = 0;
        while (true) {
            check(job, begun);
            int token = next.choose(job.promptTokens() + out.count());
            if (out.count() == 0) {
                firstTokenMicros = (int) Math.min(Integer.MAX_VALUE, (System.nanoTime() - job.acceptedNanos()) / 1000);
                firstToken.accept(firstTokenMicros);
            }
            if (tokenizer.endsGeneration(token)) {
                reason = "eos";
                break;
            }
            if (out.accept(tokenizer.bytes(token))) {
                reason = "stop";
                break;
            }
            if (out.count() == job.maxTokens()) {
                break;
            }
            next.take(token);
            cachedPositions = sequence.position();
        }
        out.finish();
        double millis = (System.nanoTime() - decodeBegun) / 1e6;
        job.log()
                .append(new JobEvent.Metrics(
                        job.promptTokens(), firstTokenMicros / 1e3, millis > 0 ? out.count() * 1e3 / millis : 0));
        return new JobEvent.End(out.count(), job.promptTokens(), millis, reason);
    }

    private void prefill(Job job, Sequence sequence, NextToken next, long begun) throws Interruption {
        int[] prompt = job.prompt();
        PrefillPace pace = new PrefillPace(engine.facts().prefillParts());
        for (int from = 0; from < prompt.length; ) {
            check(job, begun);
            int to = Math.min(prompt.length, from + pace.part());
            long partBegun = System.nanoTime();
            if (to == prompt.length) {
                next.take(prompt, from, to);
            } else {
                sequence.prefill(prompt, from, to, NO_LOGITS);
            }
            pace.took(System.nanoTime() - partBegun);
            cachedPositions = sequence.position();
            from = to;
        }
    }

    private void check(Job job, long begun) throws Interruption {
        if (job.isCancelled()) {
            throw new Interruption(ErrorCode.CANCELLED, job.cancelReason());
        }
        if (System.nanoTime() - begun > timeout.toNanos()) {
            throw new Interruption(
                    ErrorCode.INFERENCE_TIMEOUT,
                    "The job ran longer than the inference timeout of " + timeout.toMillis() + " ms.");
        }
    }

    private static final class Interruption extends Exception {
        private final ErrorCode code;
        private final String text;

        Interruption(ErrorCode code, String text) {
            super(text, null, false, false);
            this.code = code;
            this.text = text;
        }
    }
}
