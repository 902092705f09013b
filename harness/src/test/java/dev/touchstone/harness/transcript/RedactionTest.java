package dev.touchstone.harness.transcript;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class RedactionTest {

    private static final Redaction REDACTION = new Redaction(Optional.of("s3cret"));

    @Test
    void marksTheTokenWhereverItStands() {
        assertThat(REDACTION.text("a s3cret, s3cret")).isEqualTo("a $TOUCHSTONE_TOKEN, $TOUCHSTONE_TOKEN");
        assertThat(REDACTION.sent(List.of(Map.entry("X-Any", "s3cret"))))
                .containsExactly(Map.entry("X-Any", Redaction.MARK));
        assertThat(REDACTION.received(List.of(Map.entry("X-Any", "s3cret"))))
                .containsExactly(Map.entry("X-Any", Redaction.MARK));
    }

    @Test
    void keepsAWrongTokenThatAScenarioSent() {
        var wrong = List.of(Map.entry("Authorization", "Bearer wrong"));
        assertThat(REDACTION.sent(wrong)).isEqualTo(wrong);
    }

    @Test
    void hidesCredentialsThatAWorkerHandsOut() {
        assertThat(REDACTION.received(List.of(Map.entry("set-cookie", "sid=1; s3cret"))))
                .containsExactly(Map.entry("set-cookie", Redaction.OTHER));
    }

    @Test
    void neverShowsTheTokenItself() {
        assertThat(REDACTION.toString()).doesNotContain("s3cret");
    }

    @Test
    void takesAnEmptyTokenForNone() {
        assertThat(new Redaction(Optional.of("")).text("text")).isEqualTo("text");
        assertThat(Redaction.none().text("text")).isEqualTo("text");
    }
}
