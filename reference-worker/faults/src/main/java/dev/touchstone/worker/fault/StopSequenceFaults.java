package dev.touchstone.worker.fault;

import static net.bytebuddy.matcher.ElementMatchers.isConstructor;
import static net.bytebuddy.matcher.ElementMatchers.named;

import java.util.List;
import java.util.Map;
import net.bytebuddy.asm.Advice;

/** Stop sequences that are missed, shown, or take too much or too little with them. */
final class StopSequenceFaults {

    private static final String MATCHER = "dev.touchstone.worker.generate.StopMatcher";

    static final Map<String, List<Weave>> ALL = Map.ofEntries(
            Map.entry(
                    "stop-ignored", List.of(CommonWeaves.SERVING, new Weave(MATCHER, isConstructor(), Ignored.class))),
            Map.entry("first-stop-only", List.of(new Weave(MATCHER, isConstructor(), FirstOnly.class))),
            Map.entry("stop-included", List.of(on("accept", Included.class))),
            Map.entry("stop-matched-per-token", List.of(on("accept", PerToken.class))),
            Map.entry(
                    "stop-prefix-leaks",
                    List.of(on("accept", Leaking.class), on("pending", Never.class), on("finish", Nothing.class))),
            Map.entry("stop-tail-flushed", List.of(on("accept", Flushed.class), on("matched", Later.class))),
            Map.entry("near-match-swallowed", List.of(on("accept", Swallowed.class))),
            Map.entry("held-tail-lost", List.of(on("finish", Lost.class))));

    private StopSequenceFaults() {}

    private static Weave on(String method, Class<?> advice) {
        return new Weave(MATCHER, named(method), advice);
    }

    /** Stop sequences never reach the matcher. */
    public static final class Ignored {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(value = 0, readOnly = false) List<String> stops) {
            if (!stops.isEmpty() && Serving.begun()) {
                Fired.now();
            }
            stops = List.of();
        }
    }

    /** Only the first one does. */
    public static final class FirstOnly {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(value = 0, readOnly = false) List<String> stops) {
            if (stops.size() > 1) {
                Fired.now();
                stops = List.of(stops.getFirst());
            }
        }
    }

    /** The sequence itself is sent. */
    public static final class Included {
        @Advice.OnMethodEnter
        public static boolean enter(@Advice.FieldValue("matched") boolean matched) {
            return matched;
        }

        @Advice.OnMethodExit
        public static void exit(
                @Advice.Enter boolean before,
                @Advice.FieldValue("matched") boolean matched,
                @Advice.FieldValue("held") StringBuilder held,
                @Advice.Return(readOnly = false) String shown) {
            if (matched && !before) {
                Fired.now();
                shown += held;
            }
        }
    }

    /** Each token's text is searched alone, and sent with what was found in it. */
    public static final class PerToken {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        public static boolean enter(@Advice.FieldValue("stops") List<String> stops) {
            return !stops.isEmpty();
        }

        @Advice.OnMethodExit
        public static void exit(
                @Advice.Enter boolean skipped,
                @Advice.Argument(0) String text,
                @Advice.FieldValue("stops") List<String> stops,
                @Advice.FieldValue(value = "matched", readOnly = false) boolean matched,
                @Advice.Return(readOnly = false) String shown) {
            if (skipped) {
                if (Serving.begun() || text.length() > 1) {
                    Fired.now();
                }
                matched = matched || stops.stream().anyMatch(text::contains);
                shown = text;
            }
        }
    }

    /** The whole text is searched, but nothing is held back: what went out before the match completed stays out. */
    public static final class Leaking {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        public static boolean enter(@Advice.FieldValue("stops") List<String> stops) {
            return !stops.isEmpty();
        }

        @Advice.OnMethodExit
        public static void exit(
                @Advice.Enter boolean skipped,
                @Advice.Argument(0) String text,
                @Advice.FieldValue("stops") List<String> stops,
                @Advice.FieldValue("held") StringBuilder all,
                @Advice.FieldValue(value = "matched", readOnly = false) boolean matched,
                @Advice.Return(readOnly = false) String shown) {
            if (skipped) {
                int sent = all.length();
                all.append(matched ? "" : text);
                int at = Stops.first(all, stops);
                shown = matched ? "" : at < 0 ? text : text.substring(0, Math.max(0, at - sent));
                if (at >= 0 && at < sent) {
                    Fired.now();
                }
                matched = at >= 0;
            }
        }
    }

    /** Nothing is ever pending. */
    public static final class Never {
        @Advice.OnMethodExit
        public static void exit(@Advice.Return(readOnly = false) boolean pending) {
            pending = false;
        }
    }

    /** Nothing is left at the end. */
    public static final class Nothing {
        @Advice.OnMethodExit
        public static void exit(@Advice.Return(readOnly = false) String rest) {
            rest = "";
        }
    }

    /** What stands behind the sequence in its token, and one token more, are sent after it. */
    public static final class Flushed {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        public static boolean enter(@Advice.FieldValue("matched") boolean matched) {
            return matched;
        }

        @Advice.OnMethodExit
        public static void exit(
                @Advice.Enter boolean before,
                @Advice.Argument(0) String text,
                @Advice.FieldValue("stops") List<String> stops,
                @Advice.FieldValue("matched") boolean matched,
                @Advice.Return(readOnly = false) String shown) {
            if (before) {
                shown = Stops.flushed(text);
            } else if (matched) {
                shown += Stops.behind(text, stops);
            }
        }
    }

    /** The match is told one token late. */
    public static final class Later {
        @Advice.OnMethodExit
        public static void exit(@Advice.Return(readOnly = false) boolean matched) {
            matched = matched && Stops.told();
        }
    }

    /** What was held back for a match that does not complete is dropped. */
    public static final class Swallowed {
        @Advice.OnMethodEnter
        public static int enter(@Advice.FieldValue("held") StringBuilder held) {
            return held.length();
        }

        @Advice.OnMethodExit
        public static void exit(
                @Advice.Enter int before,
                @Advice.FieldValue("matched") boolean matched,
                @Advice.Return(readOnly = false) String shown) {
            if (before > 0 && !matched && !shown.isEmpty()) {
                Fired.now();
                shown = shown.substring(Math.min(before, shown.length()));
            }
        }
    }

    /** What is still held back when the text ends is never sent. */
    public static final class Lost {
        @Advice.OnMethodExit
        public static void exit(@Advice.Return(readOnly = false) String rest) {
            if (!rest.isEmpty()) {
                Fired.now();
                rest = "";
            }
        }
    }
}
