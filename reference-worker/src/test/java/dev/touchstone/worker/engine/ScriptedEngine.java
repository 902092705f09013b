package dev.touchstone.worker.engine;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * An engine without a model: after any prompt it says its script, byte by byte, over and over; byte 0 of the script is
 * the end of the sequence. Tests may hold it at a gate, slow it down, or let it break.
 */
public final class ScriptedEngine implements Engine {
    public static final int CONTEXT = 4096;
    public static final int KV_BYTES = 10;
    public static final long VRAM_BYTES = 5_000_000_000L;

    private static final int OPEN = 1 << 30;

    private final byte[] script;
    private final Semaphore gate = new Semaphore(OPEN);
    private final Semaphore opened = new Semaphore(0);
    private final Semaphore closed = new Semaphore(0);
    private final List<String> prompts = new CopyOnWriteArrayList<>();
    private volatile long stepNanos;
    private volatile Optional<RuntimeException> failure = Optional.empty();
    private volatile Optional<GpuFacts> gpu = Optional.empty();

    public ScriptedEngine(String script) {
        this.script = script.getBytes(StandardCharsets.UTF_8);
    }

    /** From now on each prefill and decode waits to be allowed. */
    public ScriptedEngine gated() {
        gate.drainPermits();
        return this;
    }

    public void allow(int steps) {
        gate.release(steps);
    }

    public void openGate() {
        gate.release(OPEN / 2);
    }

    /** Makes every step take this long, as a slow model does. */
    public ScriptedEngine slow(Duration step) {
        stepNanos = step.toNanos();
        return this;
    }

    /** Makes the next step throw. */
    public ScriptedEngine broken() {
        return failing(new IllegalStateException("scripted failure with a secret"));
    }

    /** Makes the next step throw this. */
    public ScriptedEngine failing(RuntimeException thrown) {
        failure = Optional.of(thrown);
        return this;
    }

    /** Claims to run on this GPU. */
    public ScriptedEngine on(GpuFacts device) {
        gpu = Optional.of(device);
        return this;
    }

    /** Waits until one more sequence has been opened. */
    public boolean awaitOpened() throws InterruptedException {
        return opened.tryAcquire(10, TimeUnit.SECONDS);
    }

    /** Waits until one more sequence has been closed. */
    public boolean awaitClosed() throws InterruptedException {
        return closed.tryAcquire(10, TimeUnit.SECONDS);
    }

    /** The prompts taken in, in order, as text. */
    public List<String> prompts() {
        return List.copyOf(prompts);
    }

    @Override
    public EngineFacts facts() {
        return new EngineFacts(
                "scripted", gpu.isPresent(), "F32", KV_BYTES, ByteTokenizer.SIZE, CONTEXT, PrefillParts.OF_A_CPU, gpu);
    }

    @Override
    public long vramBytesUsed() {
        return gpu.isPresent() ? VRAM_BYTES : 0;
    }

    @Override
    public Sequence open(int capacity) {
        opened.release();
        return new Script();
    }

    @Override
    public void close() {}

    private void step() {
        gate.acquireUninterruptibly();
        if (stepNanos > 0) {
            LockSupport.parkNanos(stepNanos);
        }
        if (failure.isPresent()) {
            throw failure.get();
        }
    }

    private final class Script implements Sequence {
        private final StringBuilder prompt = new StringBuilder();
        private int position;
        private int said;

        @Override
        public int position() {
            return position;
        }

        @Override
        public void prefill(int[] tokens, int from, int to, float[] logits) {
            step();
            for (int i = from; i < to; i++) {
                prompt.append((char) tokens[i]);
            }
            position += to - from;
            if (logits.length > 0) {
                prompts.add(prompt.toString());
                predict(logits);
            }
        }

        @Override
        public void decode(int token, float[] logits) {
            step();
            position++;
            predict(logits);
        }

        @Override
        public int prefillGreedy(int[] tokens, int from, int to) {
            prefill(tokens, from, to, new float[0]);
            prompts.add(prompt.toString());
            return next();
        }

        @Override
        public int decodeGreedy(int token) {
            step();
            position++;
            return next();
        }

        private int next() {
            return script[said++ % script.length] & 0xFF;
        }

        private void predict(float[] logits) {
            java.util.Arrays.fill(logits, 0);
            logits[next()] = 100;
        }

        @Override
        public void close() {
            closed.release();
        }
    }
}
