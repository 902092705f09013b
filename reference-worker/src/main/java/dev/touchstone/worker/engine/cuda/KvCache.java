package dev.touchstone.worker.engine.cuda;

/**
 * Memory for one sequence's keys and values.
 *
 * @param positions that it has room for
 */
record KvCache(DeviceBlock block, int positions) {

    long address() {
        return block.address();
    }
}
