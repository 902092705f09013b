package dev.touchstone.harness.target;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * The worker under test and how to speak to it. Immutable; {@link #toString()} never shows the token.
 *
 * @param baseUrl without a trailing slash, as {@link TargetUrl#parse} makes it
 * @param token bearer token that is sent with every request
 * @param model name that OpenAI-compatible requests ask for
 */
public record Target(URI baseUrl, Optional<String> token, Dialect dialect, Budgets budgets, Optional<String> model) {

    /**
     * A target with the default budgets, no token and the native dialect.
     *
     * @throws InvalidSetting where the URL is none
     */
    public static Target at(String url) {
        return new Target(TargetUrl.parse(url), Optional.empty(), Dialect.NATIVE, Budgets.defaults(), Optional.empty());
    }

    public Target withToken(String bearerToken) {
        return new Target(baseUrl, Optional.of(bearerToken), dialect, budgets, model);
    }

    public Target withDialect(Dialect other) {
        return new Target(baseUrl, token, other, budgets, model);
    }

    public Target withBudgets(Budgets other) {
        return new Target(baseUrl, token, dialect, other, model);
    }

    public Target withModel(String name) {
        return new Target(baseUrl, token, dialect, budgets, Optional.of(name));
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
        return "Target[" + baseUrl + ", " + dialect + (token.isPresent() ? ", with a token" : "") + "]";
    }
}
