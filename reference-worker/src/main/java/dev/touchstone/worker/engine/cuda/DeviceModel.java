package dev.touchstone.worker.engine.cuda;

import dev.touchstone.worker.engine.Shape;
import java.util.Map;

/**
 * A model in device memory, ready to run.
 *
 * @param context positions of a sequence at most
 * @param kv how caches are laid out
 */
record DeviceModel(Shape shape, int context, DeviceWeights weights, Scratch scratch, KvLayout kv) {

    int halfSplit() {
        return shape.halfSplitRope() ? 1 : 0;
    }

    int vocabSize() {
        return weights.output().rows();
    }

    /**
     * The sizes that launch rules know.
     *
     * @param rows of the launch's matrices together
     * @param columns of a row of them
     * @param count tokens, or scores to choose from
     * @param positions that attention reaches
     */
    Map<String, Integer> sizes(int rows, int columns, int count, int positions) {
        return Map.of(
                "rows",
                rows,
                "cols",
                columns,
                "count",
                count,
                "positions",
                positions,
                "hidden",
                shape.hidden(),
                "heads",
                shape.heads(),
                "kvHeads",
                shape.kvHeads(),
                "headSize",
                shape.headSize());
    }
}
