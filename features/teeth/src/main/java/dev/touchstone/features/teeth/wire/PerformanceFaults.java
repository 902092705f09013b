package dev.touchstone.features.teeth.wire;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Workers that are late, halting, or not up to a load. */
final class PerformanceFaults {

    private static final Duration BEFORE_FIRST_TOKEN = Duration.ofMillis(600);
    /** The time to first token of one release over that of the one before it, as it was in the field. */
    private static final Duration SLOWER_RELEASE = Duration.ofMillis(260);

    private static final Duration STALL = Duration.ofMillis(400);
    private static final int STALL_EACH = 32;
    private static final Duration SLOW_TOKEN = Duration.ofMillis(250);
    private static final Duration SLOW_HEALTH = Duration.ofMillis(80);
    /** By this a prompt of 4,000 characters waits for a second, one of 500 for a sixtieth of it. */
    private static final double SECONDS_PER_CHARACTER_SQUARED = 6e-8;

    private static final int MOST_STREAMS = 8;

    static final Map<String, Supplier<TrafficChange>> ALL = Map.ofEntries(
            Map.entry("first-token-late", () -> tokens(number -> number == 0 ? BEFORE_FIRST_TOKEN : Duration.ZERO)),
            Map.entry(
                    "first-token-slower-by-release",
                    () -> tokens(number -> number == 0 ? SLOWER_RELEASE : Duration.ZERO)),
            Map.entry("first-token-late-when-alone", PerformanceFaults::lateWhenAlone),
            Map.entry(
                    "stall-each-32-tokens",
                    () -> tokens(number -> number % STALL_EACH == STALL_EACH / 4 ? STALL : Duration.ZERO)),
            Map.entry("tokens-slow", () -> tokens(number -> SLOW_TOKEN)),
            Map.entry("health-slow-during-inference", PerformanceFaults::slowHealth),
            Map.entry("prefill-quadratic", () -> PerformanceFaults::quadratic),
            Map.entry("ninth-stream-fails", PerformanceFaults::errorsUnderLoad));

    private PerformanceFaults() {}

    private interface Waiting {
        /** @param number of the token in its stream, from 0 on */
        Duration before(int number);
    }

    private static TrafficChange tokens(Waiting waiting) {
        return passage -> {
            if (passage.request().asksForText()) {
                stream(passage, passage.ask(), waiting);
            } else {
                passage.relay();
            }
        };
    }

    private static void stream(Passage passage, WorkerAnswer answer, Waiting waiting)
            throws IOException, InterruptedException {
        if (!answer.head().isEventStream()) {
            RequestChange.passOn(passage, answer);
            return;
        }
        passage.client().head(answer.head());
        int number = 0;
        for (Optional<Frame> frame = answer.nextFrame(); frame.isPresent(); frame = answer.nextFrame()) {
            if (carriesText(frame.get())) {
                Duration time = waiting.before(number++);
                if (time.isPositive()) {
                    passage.fired();
                    passage.pause(time);
                }
            }
            passage.client().body(frame.get().bytes());
        }
        passage.client().end();
    }

    private static boolean carriesText(Frame frame) {
        return frame.is("token")
                || frame.json()
                        .flatMap(OpenAiTraffic::choice)
                        .filter(choice -> !choice.path("text").asText("").isEmpty()
                                || !choice.at("/delta/content").asText("").isEmpty())
                        .isPresent();
    }

    /** A request that finds others under way is served at once. */
    private static TrafficChange lateWhenAlone() {
        var running = new AtomicInteger();
        return passage -> {
            if (!passage.request().asksForText()) {
                passage.relay();
                return;
            }
            boolean alone = running.incrementAndGet() == 1;
            try {
                stream(passage, passage.ask(), number -> alone && number == 0 ? SLOWER_RELEASE : Duration.ZERO);
            } finally {
                running.decrementAndGet();
            }
        };
    }

    private static TrafficChange slowHealth() {
        var running = new AtomicInteger();
        return passage -> {
            if (passage.request().is("GET", "/health") && running.get() > 0) {
                passage.fired();
                passage.pause(SLOW_HEALTH);
            }
            boolean asks = passage.request().asksForText();
            running.addAndGet(asks ? 1 : 0);
            try {
                passage.relay();
            } finally {
                running.addAndGet(asks ? -1 : 0);
            }
        };
    }

    /** A tokeniser that looks at the whole prompt again for each of its characters. */
    private static void quadratic(Passage passage) throws IOException, InterruptedException {
        int length = passage.request()
                .json()
                .map(json -> json.path("prompt").asText().length()
                        + json.path("messages").toString().length())
                .orElse(0);
        if (passage.request().asksForText()) {
            passage.fired();
            passage.pause(Duration.ofNanos((long) (SECONDS_PER_CHARACTER_SQUARED * 1e9 * length * length)));
        }
        passage.relay();
    }

    private static TrafficChange errorsUnderLoad() {
        var running = new AtomicInteger();
        return passage -> {
            if (!passage.request().asksForText()) {
                passage.relay();
                return;
            }
            try {
                if (running.incrementAndGet() <= MOST_STREAMS) {
                    passage.relay();
                    return;
                }
                passage.fired();
                passage.client()
                        .answer(
                                AnswerHead.json(500, "Internal Server Error"),
                                "{\"code\":\"INTERNAL\",\"message\":\"No slot is free.\",\"retriable\":false}"
                                        .getBytes(java.nio.charset.StandardCharsets.UTF_8));
            } finally {
                running.decrementAndGet();
            }
        };
    }
}
