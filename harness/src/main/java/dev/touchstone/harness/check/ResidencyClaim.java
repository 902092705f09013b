package dev.touchstone.harness.check;

import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import java.math.BigInteger;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What {@code GET /health} claims about the GPU; a member it does not name is empty.
 *
 * @param vramBytesUsed {@code vram_bytes_used}, in bytes
 */
public record ResidencyClaim(Optional<Boolean> resident, OptionalLong vramBytesUsed) {

    /** Reads the claim from an answer to {@code GET /health}. */
    public static ResidencyClaim of(Exchange health) {
        Optional<Fields> said = Fields.of(health.bodyText());
        Optional<BigInteger> used = said.flatMap(h -> h.integer("vram_bytes_used"))
                .filter(n -> n.signum() >= 0 && n.bitLength() < Long.SIZE);
        return new ResidencyClaim(
                said.flatMap(h -> h.bool("resident")),
                used.map(n -> OptionalLong.of(n.longValue())).orElse(OptionalLong.empty()));
    }

    /** The verdict for a worker that honestly says it is not resident; empty for every other. */
    Optional<Verdict> unsupported(String rule) {
        return resident.filter(claimed -> !claimed)
                .map(_ -> new Verdict.Unsupported(
                        rule, "the worker says resident false: it does not claim to be resident"));
    }
}
