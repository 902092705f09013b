package dev.touchstone.worker.engine.cuda;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The ranges of positions for which decode has a graph each: attention's grid covers a range's end, and its blocks beyond the
 * step's position leave at once. 256, then four times as many each, and the context's end.
 */
final class StepRanges {
    private static final int FIRST = 256;
    private static final int FACTOR = 4;

    private final int[] ends;

    StepRanges(int context) {
        IntStream lengths =
                IntStream.iterate(FIRST, end -> end < context, end -> (int) Math.min((long) end * FACTOR, context));
        ends = IntStream.concat(lengths, IntStream.of(context)).toArray();
    }

    int count() {
        return ends.length;
    }

    /** Positions that a range's graph covers. */
    int end(int range) {
        return ends[range];
    }

    /** The range of a position, from 0 on. */
    int of(int position) {
        int found = Arrays.binarySearch(ends, position + 1);
        int range = found >= 0 ? found : -found - 1;
        if (range >= ends.length) {
            throw new IndexOutOfBoundsException(
                    "Position %d lies beyond the context of %d.".formatted(position, ends[ends.length - 1]));
        }
        return range;
    }
}
