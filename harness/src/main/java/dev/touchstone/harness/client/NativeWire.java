package dev.touchstone.harness.client;

import dev.touchstone.harness.target.Dialect;
import dev.touchstone.harness.target.GenerationRequest;
import java.util.Optional;

/** The contract's own dialect: {@code POST /execute}. */
public record NativeWire() implements Wire {

    @Override
    public Dialect dialect() {
        return Dialect.NATIVE;
    }

    @Override
    public Call call(String label, GenerationRequest request) {
        return Call.postJson(label, path(), request.json());
    }

    @Override
    public Optional<String> inexpressible(GenerationRequest request) {
        return Optional.empty();
    }

    @Override
    public String path() {
        return "/execute";
    }
}
