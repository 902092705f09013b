package dev.touchstone.features.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** A profile that was published says the same for ever; what is new waits for the next. */
class FrozenProfileTest {

    @Test
    void holdsTheSameRequirementsAtTheSameLevelsAsWhenItWasFrozen() throws IOException {
        List<String> now = Contract.catalogue().requirements().stream()
                .map(r -> r.id() + " " + r.level() + " " + r.profile().name().toLowerCase(Locale.ROOT))
                .toList();
        assertThat(now).as("the requirements of profile " + Contract.PROFILE).isEqualTo(frozen());
    }

    private static List<String> frozen() throws IOException {
        try (InputStream in = FrozenProfileTest.class.getResourceAsStream("/profile-" + Contract.PROFILE + ".txt")) {
            assertThat(in).as("the frozen list").isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .toList();
        }
    }
}
