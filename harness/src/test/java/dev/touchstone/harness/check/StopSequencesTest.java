package dev.touchstone.harness.check;

import static dev.touchstone.harness.check.Verdicts.broken;
import static dev.touchstone.harness.check.Verdicts.held;
import static dev.touchstone.harness.check.Verdicts.inconclusive;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.harness.transcript.Exchange;
import dev.touchstone.harness.verdict.Verdict;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The teeth of SP-03 and SP-04. */
class StopSequencesTest {
    private static final Generation PLAIN = Prompted.by("p").gives("The", " quick", " brown", " fox", " 🙂", " ran");
    private static final List<Generation> TWICE = List.of(PLAIN, PLAIN);

    private static Verdict stopped(String rule, Generation generation) {
        return StopSequences.judge(rule, TWICE, List.of(new StopSequences.Stopped("over two tokens", generation)));
    }

    private static Generation asked(List<String> stops, String reason, String... pieces) {
        return Prompted.by("p")
                .stop(stops.toArray(String[]::new))
                .ending(reason)
                .gives(pieces);
    }

    @Test
    void acceptsACutAnywhere() {
        held(stopped("SP-03", asked(List.of("own fox"), "stop", "The", " quick", " br")), "1 texts cut");
        held(stopped("SP-03", asked(List.of("The"), "stop", "")), "1 texts cut");
    }

    @Test
    void acceptsTheWholeTextAfterANearMatch() {
        held(
                StopSequences.judge(
                        "SP-03",
                        TWICE,
                        List.of(
                                new StopSequences.Stopped("one", asked(List.of("own"), "stop", "The", " quick", " br")),
                                new StopSequences.Stopped(
                                        "almost",
                                        Prompted.by("p")
                                                .stop("own foX")
                                                .gives("The", " quick", " brown", " fox", " 🙂", " ran")))),
                "1 texts cut",
                "1 whole after a near match");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "The quick brown fox|the sequence was included",
                "The quick brown fox 🙂 ran|it was missed",
                "The quick brown|\"\"\"own\"\" leaked after it\"",
                "The quick br 🙂 ran|\"\"\" 🙂 ran\"\" leaked after it\"",
                "The quick|\"\"\" br\"\" was swallowed\"",
                "A quick br|another text came"
            })
    void catchesWhatIsWrongAtTheCut(String text, String words) {
        broken(stopped("SP-03", asked(List.of("own fox"), "stop", text)), "SP-03", "over two tokens", words);
    }

    @Test
    void catchesAPartialMatchThatIsSwallowed() {
        Generation swallowed = Prompted.by("p").stop("ran fast").gives("The", " quick", " brown", " fox", " 🙂", " ");
        broken(stopped("SP-03", swallowed), "SP-03", "did not complete", "\"ran\" was swallowed");
    }

    @Test
    void catchesAnotherReasonAndAGenerationThatGoesOn() {
        broken(
                stopped("SP-03", asked(List.of("own fox"), "max_tokens", "The", " quick", " br")),
                "SP-03",
                "stop_reason stop",
                "it was max_tokens");
        String[] longText =
                Stream.iterate(0, n -> n + 1).limit(32).map(n -> " w" + n).toArray(String[]::new);
        String[] silent = Stream.concat(
                        Stream.of(" w0"), Stream.generate(() -> "").limit(31))
                .toArray(String[]::new);
        Generation plain = Prompted.by("p").gives(longText);
        broken(
                StopSequences.judge(
                        "SP-03",
                        List.of(plain, plain),
                        List.of(new StopSequences.Stopped("one token", asked(List.of(" w1"), "stop", silent)))),
                "SP-03",
                "in silence to 32 tokens");
    }

    private static Verdict silentUpTo(int left) {
        String[] tokens = IntStream.range(0, 32)
                .mapToObj(n -> (char) ('A' + n % 26) + "" + n / 26)
                .toArray(String[]::new);
        int at = 32 - left - 1;
        String[] silent =
                IntStream.range(0, 32).mapToObj(n -> n < at ? tokens[n] : "").toArray(String[]::new);
        Generation plain = Prompted.by("p").gives(tokens);
        return StopSequences.judge(
                "SP-03",
                List.of(plain, plain),
                List.of(new StopSequences.Stopped("one token", asked(List.of(tokens[at]), "stop", silent))));
    }

    @Test
    void allowsAMatchToBeSeenEightTokensLate() {
        held(silentUpTo(8), "1 texts cut");
        broken(silentUpTo(9), "SP-03", "in silence to 32 tokens");
    }

    @Test
    void showsHowTheTextEnded() {
        broken(
                stopped("SP-03", asked(List.of("own fox"), "stop", "x".repeat(40))),
                "SP-03",
                "ended \"" + "x".repeat(40) + '"');
        broken(
                stopped("SP-03", asked(List.of("own fox"), "stop", "x".repeat(41))),
                "SP-03",
                "ended …\"" + "x".repeat(20) + '"');
    }

    @Test
    void takesTheEarliestOfSeveral() {
        List<String> stops = List.of("fox", "quick");
        held(stopped("SP-04", asked(stops, "stop", "The", " ")), "1 texts cut");
        broken(
                stopped("SP-04", asked(stops, "stop", "The", " quick", " brown", " ")),
                "SP-04",
                "up to the stop sequence \"quick\"",
                "it was missed");
        broken(
                stopped(
                        "SP-04",
                        asked(List.of("xyz", "fox"), "max_tokens", "The", " quick", " brown", " fox", " 🙂", " ran")),
                "SP-04",
                "it was missed");
    }

    @Test
    void provesNothingWithoutACutOrWithoutAgreement() {
        inconclusive(StopSequences.judge("SP-03", TWICE, List.of()), "had room");
        inconclusive(
                StopSequences.judge(
                        "SP-03",
                        List.of(PLAIN, Prompted.by("p").gives("x")),
                        List.of(new StopSequences.Stopped("one", asked(List.of("own"), "stop", "The")))),
                "disagrees with itself");
        assertThat(stopped("SP-03", Prompted.by("p").stop("own").refused())).isInstanceOf(Verdict.Unsupported.class);
        broken(stopped("SP-03", Prompted.by("p").stop("own").answered(500, "")), "SP-03", "status 500");
    }

    @Test
    void cutsSequencesByWhereTokensLie() {
        List<StopChoices.Choice> choices = StopChoices.of(PLAIN);
        assertThat(choices)
                .extracting(StopChoices.Choice::kind)
                .contains(
                        "within one token",
                        "one whole token",
                        "two whole tokens",
                        "from inside a token into the next",
                        "from inside a token over three",
                        "characters beyond ASCII",
                        "almost: two whole tokens",
                        "almost: characters beyond ASCII",
                        "almost: the end of the text");
        assertThat(choices).allSatisfy(choice -> {
            assertThat(PLAIN.text().contains(choice.stop()))
                    .isEqualTo(!choice.kind().startsWith("almost"));
            assertThat(choice.stop()).isNotBlank().hasSizeLessThanOrEqualTo(256);
            assertThat(choice.stop().codePoints()).noneMatch(c -> c >= 0xD800 && c <= 0xDFFF);
        });
    }

    @Test
    void findsTwoSequencesThatDoNotOverlap() {
        List<String> apart = StopChoices.apart(PLAIN);
        assertThat(apart).hasSize(2);
        String text = PLAIN.text();
        assertThat(text.indexOf(apart.getLast()))
                .isGreaterThanOrEqualTo(
                        text.indexOf(apart.getFirst()) + apart.getFirst().length());
        assertThat(StopChoices.of(Prompted.by("p").gives())).isEmpty();
        assertThat(StopChoices.apart(Prompted.by("p").gives())).isEmpty();
    }

    @Test
    void judgesRefusalsInBothDialects() {
        String own = "{\"code\":\"INVALID_REQUEST\",\"field\":\"stop\",\"message\":\"No.\",\"retriable\":false}";
        held(ErrorForm.invalid("SP-04", Literal.answer(400, own), "stop"), "status 400");
        broken(ErrorForm.invalid("SP-04", PLAIN.exchange(), "stop"), "SP-04", "status 400");
        String error = "{\"error\":{\"message\":\"No.\",\"type\":\"invalid_request_error\"}}";
        held(ErrorForm.invalid("SP-04", openAi(400, error), "stop"), "error object");
        broken(ErrorForm.invalid("SP-04", openAi(400, own), "stop"), "SP-04", "{error: {message");
        broken(ErrorForm.invalid("SP-04", openAi(200, "{}"), "stop"), "SP-04", "status 400");
    }

    private static Exchange openAi(int status, String body) {
        return OpenAi.answered(status, "application/json", "{\"prompt\":\"p\"}", body)
                .exchange();
    }
}
