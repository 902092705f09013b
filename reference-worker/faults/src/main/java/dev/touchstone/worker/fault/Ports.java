package dev.touchstone.worker.fault;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Looks whether a port can be listened on. */
public final class Ports {

    private Ports() {}

    /**
     * @param reuse whether connections that the kernel has not forgotten yet are in the way: not where it is true
     *     (socket(7), SO_REUSEADDR)
     */
    public static boolean taken(String host, int port, boolean reuse) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(reuse);
            probe.bind(new InetSocketAddress(host, port));
            return false;
        } catch (IOException inUse) {
            return true;
        }
    }
}
