package dev.touchstone.worker.engine.cuda;

import dev.touchstone.worker.engine.Engine;
import dev.touchstone.worker.engine.EngineFacts;
import dev.touchstone.worker.engine.LoadProgress;
import dev.touchstone.worker.engine.ModelLoadException;
import dev.touchstone.worker.engine.PrefillParts;
import dev.touchstone.worker.engine.Sequence;
import dev.touchstone.worker.model.gguf.GgufFile;
import java.time.Duration;
import java.util.function.IntConsumer;

/**
 * Runs {@code llama} and {@code qwen2} models on one NVIDIA GPU, with the weights as they are stored and float32 sums.
 * Everything is allocated while loading: one job after another, short or long, ended or cancelled, takes no more VRAM.
 */
public final class CudaEngine implements Engine {

    private static final Duration WARM_UP = Duration.ofMillis(300);

    private final EngineFacts facts;
    private final CudaContext context;
    private final Resources resources;
    private final StepRunner runner;
    private final KvPool caches;
    private final ProcessVram vram;
    private boolean closed;

    CudaEngine(
            EngineFacts facts,
            CudaContext context,
            Resources resources,
            StepRunner runner,
            KvPool caches,
            ProcessVram vram) {
        this.facts = facts;
        this.context = context;
        this.resources = resources;
        this.runner = runner;
        this.caches = caches;
        this.vram = vram;
    }

    /**
     * Loads a model. The file may be closed afterwards: nothing of it stays on the host.
     *
     * @param contextLength the most positions of a sequence, up to the model's own; 0 is the model's own
     * @param progress told 0, 25, 50, 75 and 100, in this order, by the calling thread
     * @throws ModelLoadException if the model is not what this engine can run, the device has too little memory, or the
     *     build's kernels do not suit the device
     * @throws CudaFailure if the device fails
     */
    public static CudaEngine load(
            GgufFile file, CudaDevice device, int contextLength, KvType kvType, IntConsumer progress)
            throws ModelLoadException {
        LoadProgress told = new LoadProgress(progress);
        told.reached(0);
        CudaEngine engine = new CudaLoad(file, device, contextLength, kvType).run(told);
        told.reached(100);
        return engine;
    }

    @Override
    public EngineFacts facts() {
        return facts;
    }

    @Override
    public long vramBytesUsed() {
        return vram.bytes();
    }

    @Override
    public Sequence open(int capacity) {
        if (closed) {
            throw new IllegalStateException("The engine is closed.");
        }
        if (capacity < 1 || capacity > facts.contextLength()) {
            throw new IllegalArgumentException("A sequence of %d positions was asked for; accepted are 1 to %d."
                    .formatted(capacity, facts.contextLength()));
        }
        context.bind();
        return open(runner, caches, capacity, facts.vocabSize());
    }

    private static CudaSequence open(StepRunner runner, KvPool caches, int capacity, int vocabSize) {
        return new CudaSequence(runner, caches.take(capacity), caches::giveBack, capacity, vocabSize);
    }

    /** Runs every kernel and graph once, so that no job is the first to need the memory that the driver sets apart for it. */
    static void exercise(StepRunner runner, KvPool caches, int context, int vocabSize) {
        for (int count : new int[] {1, ScratchLayout.MOST_TOKENS}) {
            int fitting = Math.min(count, context);
            try (CudaSequence sequence = open(runner, caches, context, vocabSize)) {
                runner.exercise(sequence);
                sequence.prefillGreedy(tokens(fitting, vocabSize), 0, fitting);
            }
        }
    }

    /**
     * Times a prompt's part, to say how large parts may be so that a cancel is seen within some 50 ms.
     *
     * @param context the most positions of a sequence
     */
    static PrefillParts measure(StepRunner runner, KvPool caches, int context, int vocabSize) {
        int count = Math.min(PrefillTiming.SAMPLE, context);
        int[] tokens = tokens(count, vocabSize);
        long nanos = Long.MAX_VALUE;
        for (int round = 0; round < PrefillTiming.ROUNDS; round++) {
            try (Sequence sequence = open(runner, caches, context, vocabSize)) {
                long begun = System.nanoTime();
                sequence.prefill(tokens, 0, count, new float[0]);
                nanos = Math.min(nanos, System.nanoTime() - begun);
            }
        }
        return PrefillTiming.parts(count, nanos);
    }

    private static int[] tokens(int count, int vocabSize) {
        int[] tokens = new int[count];
        for (int i = 0; i < count; i++) {
            tokens[i] = (int) ((i * 7_919L + 13) % vocabSize);
        }
        return tokens;
    }

    @Override
    public void warmUp() {
        long end = System.nanoTime() + WARM_UP.toNanos();
        int capacity = Math.min(256, facts.contextLength());
        int prompt = Math.ceilDiv(capacity, 4);
        int[] tokens = tokens(prompt, facts.vocabSize());
        float[] logits = new float[facts.vocabSize()];
        do {
            try (Sequence sequence = open(capacity)) {
                sequence.prefill(tokens, 0, prompt, logits);
                while (sequence.position() < capacity / 2) {
                    sequence.decode(tokens[sequence.position() % prompt], logits);
                }
            }
            try (Sequence sequence = open(capacity)) {
                int token = sequence.prefillGreedy(tokens, 0, prompt);
                while (sequence.position() < capacity) {
                    token = sequence.decodeGreedy(token);
                }
            }
        } while (System.nanoTime() < end);
    }

    /** Frees all; may be called by any thread once no other uses the engine, and also after a failure. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            if (context.canBind()) {
                resources.close();
            }
        }
    }
}
