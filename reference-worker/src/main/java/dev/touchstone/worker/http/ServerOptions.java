package dev.touchstone.worker.http;

import java.time.Duration;

/**
 * How the server is reached.
 *
 * @param port 0 for any free port
 * @param token the bearer token, empty for none
 * @param workerId reported by /health
 * @param model name reported everywhere
 */
public record ServerOptions(
        String host, int port, String token, String workerId, String model, Duration writeTimeout) {}
