package dev.touchstone.harness.evidence;

/**
 * Looks at the host on which a worker runs. Implementations are thread-safe; they never throw for what the host lacks or
 * refuses, but answer with a {@link Reading} that says so.
 */
public interface HostProbe extends AutoCloseable {

    /** What does not change while a worker runs; known best after a look. */
    HostFacts facts();

    /**
     * Looks once at every GPU and at one process with its descendants.
     *
     * @param nanos the moment as the caller counts it, monotonic; kept in the sample
     */
    HostSample look(long pid, Depth depth, long nanos);

    /** The process that listens on a TCP port of the host, the ancestor where several share it. */
    Reading<Long> listenerOn(int port);

    /** Lets go of the driver; a later look answers that the probe is closed. */
    @Override
    void close();
}
