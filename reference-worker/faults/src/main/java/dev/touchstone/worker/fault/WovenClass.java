package dev.touchstone.worker.fault;

/**
 * A class file before and after the weaving.
 *
 * @param original as the worker was built
 * @param changed with the fault
 */
record WovenClass(byte[] original, byte[] changed) {}
