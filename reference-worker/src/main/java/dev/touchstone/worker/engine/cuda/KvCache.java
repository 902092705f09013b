package dev.touchstone.worker.engine.cuda;

/**
 * Memory for one sequence's keys and values.
 *
 * @param address in device memory
 * @param positions that it has room for
 * @param memory closed to free it
 */
record KvCache(long address, int positions, Resources.Held memory) {}
