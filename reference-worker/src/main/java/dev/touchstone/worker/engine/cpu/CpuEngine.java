package dev.touchstone.worker.engine.cpu;

import dev.touchstone.worker.engine.Engine;
import dev.touchstone.worker.engine.EngineFacts;
import dev.touchstone.worker.engine.ModelLoadException;
import dev.touchstone.worker.engine.ModelTensors;
import dev.touchstone.worker.engine.Sequence;
import dev.touchstone.worker.engine.Shape;
import dev.touchstone.worker.model.gguf.GgufFile;
import java.time.Duration;
import java.util.function.IntConsumer;

/**
 * Runs {@code llama} and {@code qwen2} models on the CPU, in float32, with the weights as they are stored. Weights are
 * copied when they are loaded, so the file may be closed afterwards.
 */
public final class CpuEngine implements Engine {

    private static final Duration WARM_UP = Duration.ofMillis(400);

    private final EngineFacts facts;
    private final Team team;
    private final KvPages cache;
    private final Forward forward;
    private boolean closed;

    private CpuEngine(EngineFacts facts, Team team, KvPages cache, Forward forward) {
        this.facts = facts;
        this.team = team;
        this.cache = cache;
        this.forward = forward;
    }

    /** Loads as {@link #load(GgufFile, int, int, IntConsumer)}, without telling the progress. */
    public static CpuEngine load(GgufFile file, int contextLength, int threads) throws ModelLoadException {
        return load(file, contextLength, threads, percent -> {});
    }

    /**
     * Loads a model.
     *
     * @param contextLength the most positions of a sequence, up to the model's own; 0 is the model's own
     * @param threads threads that compute, the caller's included; 0, or more than there are processors, is one for each
     * @param progress told 0, 25, 50, 75 and 100, in this order, by the calling thread
     * @throws ModelLoadException if the architecture, a tensor or a size is not what this engine can run
     */
    public static CpuEngine load(GgufFile file, int contextLength, int threads, IntConsumer progress)
            throws ModelLoadException {
        Shape shape = Shape.read(file.metadata());
        int context = shape.context(contextLength);
        Weights weights = Weights.load(file, shape, progress);
        KvPages cache = new KvPages(shape, context);
        EngineFacts facts = EngineFacts.withoutGpu(
                "cpu",
                ModelTensors.quantKind(file),
                cache.bytesPerPosition(),
                weights.output().rows(),
                context);
        int processors = Runtime.getRuntime().availableProcessors();
        Team team = new Team(threads <= 0 ? processors : Math.min(threads, processors));
        Rope rope = new Rope(shape, weights.ropeDivisors());
        return new CpuEngine(facts, team, cache, new Forward(shape, weights, rope, cache, team));
    }

    @Override
    public EngineFacts facts() {
        return facts;
    }

    /** The threads that compute, the caller's included. */
    public int threads() {
        return team.members();
    }

    /** Bits of the vectors that this process computes with. */
    public static int vectorBits() {
        return 32 * Lanes.LANES;
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
        forward.reach(capacity);
        return new CpuSequence(forward, cache, capacity, facts.vocabSize());
    }

    /** Runs prompts and steps for about half a second, so that the first job meets compiled code. */
    @Override
    public void warmUp() {
        long end = System.nanoTime() + WARM_UP.toNanos();
        int capacity = Math.min(128, facts.contextLength());
        int prompt = capacity / 2;
        int[] tokens = new int[prompt];
        for (int i = 0; i < prompt; i++) {
            tokens[i] = i % facts.vocabSize();
        }
        float[] logits = new float[facts.vocabSize()];
        while (System.nanoTime() < end) {
            try (Sequence sequence = open(capacity)) {
                for (int at = 0; at < prompt && System.nanoTime() < end; at += 16) {
                    sequence.prefill(tokens, at, Math.min(at + 16, prompt), logits);
                }
                while (sequence.position() < capacity && System.nanoTime() < end) {
                    sequence.decode(tokens[sequence.position() % prompt], logits);
                }
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        team.close();
    }
}
