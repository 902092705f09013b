package dev.touchstone.worker.engine.cuda;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/**
 * Runs prefill passes and decode steps of whichever sequence asks. Where likeliest tokens are asked for one after another,
 * the next step is launched with the device's own token before the host waits for the one before, so that the device never
 * waits for the host; if something else is asked for then, what ran ahead is left to finish and ignored: the position that it
 * wrote is written again or never read. Engine thread only.
 */
final class StepRunner implements AutoCloseable {

    static final int STEP_BYTES = 32;

    private static final Duration LONGEST_STEP = Duration.ofSeconds(30);

    /** Looks at the result's word between two questions to the driver, some 50 us. */
    private static final int LOOKS = 1024;

    private final CudaContext context;
    private final DeviceModel model;
    private final PrefillKernels prefill;
    private final DecodeKernels decode;
    private final PinnedMemory stepMemory;
    private final PinnedMemory wordMemory;
    private final PinnedMemory logitsMemory;
    private final PinnedMemory tokenMemory;
    private final MemorySegment step;
    private final TokenWords words;
    private final long[] wordAddresses = new long[TokenWords.WORDS];
    private final CUdeviceptr stepTarget;
    private final CUdeviceptr logitsSource;
    private final CUdeviceptr tokensTarget;
    private final FloatBuffer logits;
    private final IntBuffer tokens;
    private final StepRanges ranges;
    private final DecodeGraphs graphs;
    private int chosen;
    private Optional<CudaSequence> ahead = Optional.empty();
    private int told;

    /** @param block holds the scratch */
    StepRunner(
            CudaContext context, DeviceModel model, DeviceBlock block, PrefillKernels prefill, DecodeKernels decode) {
        this.context = context;
        this.model = model;
        this.prefill = prefill;
        this.decode = decode;
        stepMemory = PinnedMemory.allocate(STEP_BYTES, "steps");
        wordMemory = PinnedMemory.allocate(TokenWords.BYTES, "tokens");
        logitsMemory = PinnedMemory.allocate(4 * model.vocabSize(), "logits");
        tokenMemory = PinnedMemory.allocate(4 * ScratchLayout.MOST_TOKENS, "a prompt's part");
        step = stepMemory.segment();
        MemorySegment results = wordMemory.segment();
        results.fill((byte) 0);
        words = new TokenWords(results);
        for (int word = 0; word < wordAddresses.length; word++) {
            wordAddresses[word] = wordMemory.deviceAddress() + 8L * word;
        }
        stepTarget = block.at(model.scratch().step());
        logitsSource = block.at(model.scratch().logits());
        tokensTarget = block.at(model.scratch().tokens());
        logits = logitsMemory.buffer().asFloatBuffer();
        tokens = tokenMemory.buffer().asIntBuffer();
        ranges = new StepRanges(model.context());
        graphs = new DecodeGraphs(context, decode, ranges, wordAddresses);
    }

    /**
     * Runs every graph once at the sequence's first position, for the driver sets some memory apart when a kernel or a graph
     * first runs.
     */
    void exercise(CudaSequence sequence) {
        for (int range = 0; range < ranges.count(); range++) {
            int last = ranges.end(range) - 1;
            for (int word = 0; word < TokenWords.WORDS; word++) {
                setStep(sequence, 0, 0);
                chosen++;
                graphs.launchChoice(last, word);
                context.await("trying a decode step");
            }
            setStep(sequence, 0, 0);
            graphs.launchLogits(last);
            context.await("trying a decode step");
        }
    }

    /**
     * Takes in a part of a prompt and waits for it.
     *
     * @param count 1 to {@link ScratchLayout#MOST_TOKENS}
     * @param into receives the logits of the last; empty when none are wanted
     */
    void prefill(CudaSequence sequence, int[] prompt, int from, int count, float[] into) {
        pass(sequence, prompt, from, count, into.length > 0);
        if (into.length > 0) {
            decode.logits(prefill.row(count - 1), false);
            bringLogits(into, "prefilling");
        } else {
            context.await("prefilling");
        }
    }

    /** Takes in the last part of a prompt, and gives the likeliest token after it. */
    int prefillGreedy(CudaSequence sequence, int[] prompt, int from, int count) {
        pass(sequence, prompt, from, count, true);
        decode.logits(prefill.row(count - 1), false);
        int position = sequence.position() + count;
        setStep(sequence, prompt[from + count - 1], position - 1);
        chosen++;
        decode.choose(wordAddresses[TokenWords.of(chosen)], false);
        return awaitToken(sequence, position);
    }

    private void pass(CudaSequence sequence, int[] prompt, int from, int count, boolean lastWanted) {
        context.bind();
        ahead = Optional.empty();
        // The part before has been waited for, so nothing reads this buffer any more.
        tokens.put(0, prompt, from, count);
        tokenMemory.copyTo(tokensTarget, 4L * count, context, "bringing a prompt to the GPU");
        prefill.pass(count, sequence.position(), sequence.cacheAddress(), sequence.stride(), lastWanted);
    }

    /** Takes in one token and brings the logits of the next. */
    void decode(CudaSequence sequence, int token, float[] into) {
        context.bind();
        ahead = Optional.empty();
        setStep(sequence, token, sequence.position());
        graphs.launchLogits(sequence.position());
        bringLogits(into, "decoding");
    }

    /** Takes in one token and gives the likeliest next. */
    int decodeGreedy(CudaSequence sequence, int token) {
        context.bind();
        boolean runs = ahead.isPresent() && ahead.get() == sequence && token == told;
        if (!runs) {
            setStep(sequence, token, sequence.position());
            launchChoice(sequence.position());
        }
        return awaitToken(sequence, sequence.position() + 1);
    }

    private void launchChoice(int position) {
        chosen++;
        graphs.launchChoice(position, TokenWords.of(chosen));
    }

    /** Lets the step at {@code next} run ahead if the sequence has room for it, and waits for the choice before it. */
    private int awaitToken(CudaSequence sequence, int next) {
        int awaited = chosen;
        ahead = Optional.empty();
        if (next < sequence.capacity()) {
            launchChoice(next);
            ahead = sequence.itself();
        }
        told = await(awaited);
        return told;
    }

    private int await(int serial) {
        long deadline = System.nanoTime() + LONGEST_STEP.toNanos();
        while (true) {
            for (int look = 0; look < LOOKS; look++) {
                OptionalInt token = words.token(serial);
                if (token.isPresent()) {
                    return token.getAsInt();
                }
                Thread.onSpinWait();
            }
            int status = JCudaDriver.cuStreamQuery(context.stream());
            if (status == CUresult.CUDA_SUCCESS) {
                return words.token(serial)
                        .orElseThrow(() -> CudaFailure.untold("The GPU finished a step and told no token."));
            }
            if (status != CUresult.CUDA_ERROR_NOT_READY) {
                throw CudaFailure.of(status, "waiting for a token");
            }
            if (System.nanoTime() > deadline) {
                throw CudaFailure.untold(
                        "The GPU has not finished a step within %d seconds.".formatted(LONGEST_STEP.toSeconds()));
            }
        }
    }

    /** Tells the device what the next step takes in; whatever used this memory before has been waited for. */
    private void setStep(CudaSequence sequence, int token, int position) {
        step.set(ValueLayout.JAVA_INT, 0, token);
        step.set(ValueLayout.JAVA_INT, 4, position);
        step.set(ValueLayout.JAVA_INT, 8, sequence.stride());
        step.set(ValueLayout.JAVA_INT, 12, chosen);
        step.set(ValueLayout.JAVA_LONG, 16, sequence.cacheAddress());
        step.set(ValueLayout.JAVA_LONG, 24, 0);
        CudaFailure.check(
                JCudaDriver.cuMemcpyHtoDAsync(stepTarget, stepMemory.pointer(), STEP_BYTES, context.stream()),
                "setting a step");
    }

    private void bringLogits(float[] into, String doing) {
        CudaFailure.check(
                JCudaDriver.cuMemcpyDtoHAsync(logitsMemory.pointer(), logitsSource, 4L * into.length, context.stream()),
                doing);
        context.await(doing);
        logits.get(0, into, 0, into.length);
    }

    @Override
    public void close() {
        graphs.close();
        stepMemory.close();
        wordMemory.close();
        logitsMemory.close();
        tokenMemory.close();
    }
}
