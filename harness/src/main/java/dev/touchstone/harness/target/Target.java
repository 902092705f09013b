package dev.touchstone.harness.target;

import dev.touchstone.harness.client.NativeWire;
import dev.touchstone.harness.client.OpenAiWire;
import dev.touchstone.harness.client.Wire;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * The worker under test and how to speak to it. Immutable; {@link #toString()} never shows the token.
 *
 * @param baseUrl without a trailing slash, as {@link TargetUrl#parse} makes it
 * @param token bearer token that is sent with every request
 * @param wire the dialect that generations are asked in
 * @param healthPath the route that tells whether the worker is healthy, {@code /health} in the native dialect; empty
 *     where a target of the OpenAI dialect has none
 * @param openAi how its OpenAI-compatible routes are asked, where it has them; beside the native dialect or as the wire
 */
public record Target(
        URI baseUrl,
        Optional<String> token,
        Wire wire,
        Budgets budgets,
        Optional<String> healthPath,
        Optional<OpenAiWire> openAi) {

    /**
     * A target with the default budgets, no token and the native dialect.
     *
     * @throws InvalidSetting where the URL is none
     */
    public static Target at(String url) {
        return new Target(
                TargetUrl.parse(url),
                Optional.empty(),
                new NativeWire(),
                Budgets.defaults(),
                Optional.of("/health"),
                Optional.empty());
    }

    public Target withToken(String bearerToken) {
        return new Target(baseUrl, Optional.of(bearerToken), wire, budgets, healthPath, openAi);
    }

    public Target withoutToken() {
        return new Target(baseUrl, Optional.empty(), wire, budgets, healthPath, openAi);
    }

    public Target withWire(Wire other) {
        return new Target(baseUrl, token, other, budgets, healthPath, openAi);
    }

    public Target withBudgets(Budgets other) {
        return new Target(baseUrl, token, wire, other, healthPath, openAi);
    }

    public Target withHealthPath(Optional<String> path) {
        return new Target(baseUrl, token, wire, budgets, path, openAi);
    }

    /** The same target with the OpenAI-compatible routes that were found on it. */
    public Target withOpenAi(OpenAiWire routes) {
        return new Target(baseUrl, token, wire, budgets, healthPath, Optional.of(routes));
    }

    /** The same worker at another address, as after a start on another port. */
    public Target movedTo(String url) {
        return new Target(TargetUrl.parse(url), token, wire, budgets, healthPath, openAi);
    }

    public Dialect dialect() {
        return wire.dialect();
    }

    /** How far the worker's clock may be from ours; the budget {@code clock-skew}. */
    public Duration skew() {
        return budgets.clockSkew();
    }

    /** The absolute URL of a path that begins with a slash. */
    public String url(String path) {
        return baseUrl + path;
    }

    /** The port to connect to, the scheme's own where the URL names none. */
    public int port() {
        if (baseUrl.getPort() > 0) {
            return baseUrl.getPort();
        }
        return isTls() ? 443 : 80;
    }

    /** The host to connect to; an IPv6 address without its brackets. */
    public String host() {
        String host = baseUrl.getHost();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    public boolean isTls() {
        return baseUrl.getScheme().equalsIgnoreCase("https");
    }

    @Override
    public String toString() {
        return "Target[" + baseUrl + ", " + dialect() + (token.isPresent() ? ", with a token" : "") + "]";
    }
}
