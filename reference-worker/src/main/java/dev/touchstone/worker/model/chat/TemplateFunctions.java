package dev.touchstone.worker.model.chat;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.interpret.InterpretException;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.filter.Filter;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import com.hubspot.jinjava.lib.tag.ElseTag;
import com.hubspot.jinjava.lib.tag.ForTag;
import com.hubspot.jinjava.tree.Node;
import com.hubspot.jinjava.tree.TagNode;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/** What chat templates expect of Jinja beside Jinja, and what Jinjava would read otherwise than Jinja, as errors. */
public final class TemplateFunctions {
    /** The variable that holds the clock; no name that a template can say. */
    static final String CLOCK = "the clock";

    /** Python's strftime to Java's patterns, for what dates in prompts use. */
    private static final Map<Character, String> FORMATS = Map.ofEntries(
            Map.entry('Y', "uuuu"),
            Map.entry('y', "uu"),
            Map.entry('m', "MM"),
            Map.entry('B', "MMMM"),
            Map.entry('b', "MMM"),
            Map.entry('d', "dd"),
            Map.entry('A', "EEEE"),
            Map.entry('a', "EEE"),
            Map.entry('H', "HH"),
            Map.entry('I', "hh"),
            Map.entry('M', "mm"),
            Map.entry('S', "ss"),
            Map.entry('p', "a"),
            Map.entry('j', "DDD"));

    private TemplateFunctions() {}

    static void register(Jinjava engine) {
        var context = engine.getGlobalContext();
        context.registerFunction(
                new ELFunctionDefinition("", "raise_exception", TemplateFunctions.class, "raise", String.class));
        context.registerFunction(
                new ELFunctionDefinition("", "strftime_now", TemplateFunctions.class, "now", String.class));
        context.registerTag(new PlainFor());
        context.registerFilter(new NoItems());
    }

    /** Jinja's {@code raise_exception}; public for Jinjava only. */
    @SuppressWarnings("DoNotCallSuggester")
    public static String raise(String message) {
        throw new Raised(message);
    }

    /** Jinja's {@code strftime_now}, in UTC; public for Jinjava only. */
    public static String now(String format) {
        Object clock = Objects.requireNonNull(
                JinjavaInterpreter.getCurrent().getContext().get(CLOCK));
        var time = ((InstantSource) clock).instant().atOffset(ZoneOffset.UTC);
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            if (format.charAt(i) != '%' || i + 1 == format.length()) {
                out.append(format.charAt(i));
                continue;
            }
            String pattern = FORMATS.get(format.charAt(++i));
            if (pattern == null) {
                throw new InterpretException("strftime_now has no such field");
            }
            out.append(DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(time));
        }
        return out.toString();
    }

    /** What a template says to refuse a conversation. */
    static final class Raised extends RuntimeException {
        private final String text;

        Raised(String text) {
            super(text, null, false, false);
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    /** A {@code for} that fails where Jinjava's would silently ignore a condition or an else branch. */
    private static final class PlainFor extends ForTag {
        private static final long serialVersionUID = 1;
        private static final Pattern LITERAL = Pattern.compile("'(?:[^'\\\\]|\\\\.)*'|\"(?:[^\"\\\\]|\\\\.)*\"");
        private static final Pattern MORE = Pattern.compile("\\b(if|recursive)\\b");

        @Override
        public String interpret(TagNode node, JinjavaInterpreter interpreter) {
            String helpers = LITERAL.matcher(node.getHelpers()).replaceAll("''");
            if (MORE.matcher(helpers).find()) {
                throw new InterpretException("for with a condition", node.getLineNumber());
            }
            for (Node child : node.getChildren()) {
                if (child instanceof TagNode tag && tag.getName().equals(ElseTag.TAG_NAME)) {
                    throw new InterpretException("for with else", node.getLineNumber());
                }
            }
            return super.interpret(node, interpreter);
        }
    }

    /** Jinjava does not iterate over what its own filter of this name gives. */
    private static final class NoItems implements Filter {
        @Override
        public Object filter(Object value, JinjavaInterpreter interpreter, String... arguments) {
            throw new InterpretException("the filter items", interpreter.getLineNumber());
        }

        @Override
        public String getName() {
            return "items";
        }
    }
}
