package dev.touchstone.harness.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TargetUrlTest {

    @ParameterizedTest
    @CsvSource({
        "http://127.0.0.1:8080, http://127.0.0.1:8080",
        "http://127.0.0.1:8080/, http://127.0.0.1:8080",
        "' localhost:8080 ', http://localhost:8080",
        "worker.example, http://worker.example",
        "HTTPS://worker.example/v1//, HTTPS://worker.example/v1",
        "[::1]:8080, http://[::1]:8080"
    })
    void readsAUrlAsAPersonTypesIt(String typed, String read) {
        assertThat(TargetUrl.parse(typed)).hasToString(read);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|is empty",
                "ftp://worker|has the scheme ftp",
                "http://|is not a URL",
                "http://wor ker|is not a URL",
                "http://a_b:80|names no host",
                "localhost:0|has the port 0",
                "localhost:65536|has the port 65536",
                "http://worker?x=1|has a query or a fragment",
                "http://worker#x|has a query or a fragment"
            })
    void refusesWhatIsNoBaseUrlInOneSentence(String typed, String why) {
        assertThatThrownBy(() -> TargetUrl.parse(typed))
                .isInstanceOf(InvalidSetting.class)
                .hasMessageContaining(why)
                .hasMessageContaining("accepted is http://HOST:PORT")
                .hasMessageNotContaining("\n");
    }

    @Test
    void neverRepeatsAPassword() {
        assertThatThrownBy(() -> TargetUrl.parse("http://me:s3cret@worker"))
                .isInstanceOf(InvalidSetting.class)
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void knowsHostAndPort() {
        assertThat(Target.at("https://worker.example").port()).isEqualTo(443);
        assertThat(Target.at("worker.example").port()).isEqualTo(80);
        assertThat(Target.at("[::1]:81").host()).isEqualTo("::1");
        assertThat(Target.at("HTTPS://worker.example").isTls()).isTrue();
        assertThat(Target.at("worker.example/base/").url("/health")).isEqualTo("http://worker.example/base/health");
    }

    @Test
    void neverShowsTheToken() {
        assertThat(Target.at("worker.example").withToken("s3cret").toString())
                .contains("with a token")
                .doesNotContain("s3cret");
    }
}
