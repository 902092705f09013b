package dev.touchstone.features.run;

/** Colour for a terminal, or none. */
enum Ink {
    PLAIN,
    COLOUR;

    /** Colour only where a person watches and has not asked for none (NO_COLOR, any non-empty value). */
    static Ink forTerminal() {
        String wish = System.getenv("NO_COLOR");
        boolean refused = wish != null && !wish.isEmpty();
        return System.console() != null && System.console().isTerminal() && !refused ? COLOUR : PLAIN;
    }

    String paint(Kind kind, String text) {
        int code = switch (kind) {
            case HELD -> 32;
            case BROKEN, KIT_ERROR -> 31;
            case INCONCLUSIVE -> 33;
            case OBSERVED, UNSUPPORTED -> 36;
        };
        return this == PLAIN ? text : "\u001b[" + code + "m" + text + "\u001b[0m";
    }

    String strong(String text) {
        return this == PLAIN ? text : "\u001b[1m" + text + "\u001b[0m";
    }
}
