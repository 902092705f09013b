package dev.touchstone.features.run;

import java.util.List;
import java.util.stream.Collectors;

/** Text in columns. */
final class Columns {

    private static final int MOST_IDS = 12;

    private Columns() {}

    static String pad(String text, int width) {
        return text.length() >= width ? text : text + " ".repeat(width - text.length());
    }

    /** Requirement ids; of many the first ones and how many more. */
    static String ids(List<String> ids) {
        String shown = ids.stream().limit(MOST_IDS).collect(Collectors.joining(", "));
        return shown + (ids.size() > MOST_IDS ? " and " + (ids.size() - MOST_IDS) + " more" : "");
    }
}
