package dev.touchstone.worker.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.worker.generate.StopMatcher;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TokenStreamTest {
    private final List<JobEvent> events = new ArrayList<>();

    private TokenStream stream(String... stops) {
        return new TokenStream(new StopMatcher(List.of(stops)), events::add);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] bytes(int... values) {
        byte[] out = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            out[i] = (byte) values[i];
        }
        return out;
    }

    /** The texts, after checking that the indices rise from 0 by 1. */
    private List<String> texts() {
        List<String> texts = new ArrayList<>();
        for (JobEvent event : events) {
            JobEvent.Token token = (JobEvent.Token) event;
            assertThat(token.index()).isEqualTo(texts.size());
            texts.add(token.text());
        }
        return texts;
    }

    @Test
    void sendsATokenAsSoonAsItsTextIsWhole() {
        TokenStream stream = stream();
        assertThat(stream.accept(utf8(" one"))).isFalse();
        assertThat(texts()).containsExactly(" one");
        stream.accept(utf8(" two"));
        assertThat(texts()).containsExactly(" one", " two");
    }

    @Test
    void aCharacterSplitOverTokensTravelsWithTheLast() {
        TokenStream stream = stream();
        stream.accept(bytes(0xF0));
        stream.accept(bytes(0x9F, 0x98));
        stream.accept(bytes(0x80, 'x'));
        stream.finish();
        assertThat(texts()).containsExactly("", "", "😀x");
        assertThat(stream.count()).isEqualTo(3);
    }

    @Test
    void anUnfinishedCharacterAtTheEndIsOneReplacementInTheLastToken() {
        TokenStream stream = stream();
        stream.accept(utf8("a"));
        stream.accept(bytes('b', 0xE6, 0xBC));
        assertThat(events).hasSize(1);
        stream.finish();
        assertThat(texts()).containsExactly("a", "b\uFFFD");
        assertThat(stream.count()).isEqualTo(2);
    }

    @Test
    void endsAtAStopThatSpansTokens() {
        TokenStream stream = stream("END");
        assertThat(stream.accept(utf8("well E"))).isFalse();
        assertThat(stream.accept(utf8("N"))).isFalse();
        assertThat(stream.accept(utf8("D and more"))).isTrue();
        stream.finish();
        assertThat(texts()).containsExactly("well ", "", "");
        assertThat(stream.count()).isEqualTo(3);
    }

    @Test
    void textHeldForAStopThatDoesNotCompleteIsSentAndNotLost() {
        TokenStream stream = stream("END");
        stream.accept(utf8("E"));
        stream.accept(utf8("N"));
        stream.accept(utf8("T"));
        assertThat(texts()).containsExactly("", "", "ENT");
        stream.accept(utf8(" E"));
        stream.finish();
        assertThat(texts()).containsExactly("", "", "ENT", " E");
    }

    @Test
    void aStopInsideAPendingCharacterIsFound() {
        TokenStream stream = stream("é");
        byte[] e = utf8("é");
        assertThat(stream.accept(bytes('x', e[0]))).isFalse();
        assertThat(stream.accept(bytes(e[1], 'y'))).isTrue();
        stream.finish();
        assertThat(texts()).containsExactly("x", "");
    }

    @Test
    void aStopBeforeAnUnfinishedCharacterDropsThatCharacter() {
        TokenStream stream = stream("!");
        assertThat(stream.accept(bytes('o', 'k', '!', 0xF0, 0x9F))).isTrue();
        stream.finish();
        assertThat(texts()).containsExactly("ok");
    }

    @Test
    void theReplacementOfAnUnfinishedCharacterMayBeAStop() {
        TokenStream stream = stream("\uFFFD");
        stream.accept(bytes('a', 0xF0));
        stream.finish();
        assertThat(texts()).containsExactly("a");
    }

    @Test
    void aTokenOfNoBytesCountsToo() {
        TokenStream stream = stream("zz");
        stream.accept(utf8("z"));
        stream.accept(bytes());
        stream.accept(utf8("a"));
        stream.finish();
        assertThat(texts()).containsExactly("", "", "za");
    }

    @Test
    void finishWithoutTokensSendsNothing() {
        stream("x").finish();
        assertThat(events).isEmpty();
    }

    @Test
    void everyTokenGivesOneEventAndNoTextIsLostHoweverItIsSplit() {
        Random random = new Random(3);
        byte[] whole = utf8("Grüße, 漢字 and 😀👩‍🚀 — 'quoted' \n".repeat(3));
        for (int round = 0; round < 300; round++) {
            events.clear();
            TokenStream stream = stream("漢x", "notthere", "and 😀?");
            int tokens = 0;
            for (int from = 0; from < whole.length; tokens++) {
                int to = Math.min(whole.length, from + random.nextInt(6));
                stream.accept(java.util.Arrays.copyOfRange(whole, from, to));
                from = to;
            }
            stream.finish();
            assertThat(texts()).hasSize(tokens);
            assertThat(String.join("", texts())).isEqualTo(new String(whole, StandardCharsets.UTF_8));
            assertThat(stream.count()).isEqualTo(tokens);
        }
    }
}
