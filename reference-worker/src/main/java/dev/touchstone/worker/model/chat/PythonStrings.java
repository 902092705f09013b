package dev.touchstone.worker.model.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import jinjava.javax.el.ELContext;
import jinjava.javax.el.ELException;
import jinjava.javax.el.ELResolver;
import org.jspecify.annotations.Nullable;

/**
 * The methods of Python's strings that chat templates call, with Python's meaning; Java's own methods of strings, which
 * share names but not meanings (split takes a regular expression), are out of reach.
 */
final class PythonStrings extends ELResolver {

    @Override
    public @Nullable Object invoke(
            ELContext context,
            Object base,
            Object method,
            Class<?> @Nullable [] types,
            Object @Nullable [] parameters) {
        if (!(base instanceof String text)) {
            return null;
        }
        List<String> arguments = new ArrayList<>();
        for (Object parameter : parameters == null ? new Object[0] : parameters) {
            if (!(parameter instanceof String argument)) {
                throw new ELException("an argument that is no string");
            }
            arguments.add(argument);
        }
        context.setPropertyResolved(true);
        return call(text, String.valueOf(method), arguments);
    }

    static Object call(String text, String method, List<String> arguments) {
        return switch (method + "/" + arguments.size()) {
            case "strip/0" -> text.strip();
            case "lstrip/0" -> text.stripLeading();
            case "rstrip/0" -> text.stripTrailing();
            case "strip/1" -> left(right(text, arguments.getFirst()), arguments.getFirst());
            case "lstrip/1" -> left(text, arguments.getFirst());
            case "rstrip/1" -> right(text, arguments.getFirst());
            case "startswith/1" -> text.startsWith(arguments.getFirst());
            case "endswith/1" -> text.endsWith(arguments.getFirst());
            case "upper/0" -> text.toUpperCase(Locale.ROOT);
            case "lower/0" -> text.toLowerCase(Locale.ROOT);
            case "replace/2" -> text.replace(arguments.getFirst(), arguments.getLast());
            case "split/1" -> split(text, arguments.getFirst());
            default -> throw new ELException("the method " + method + " of strings");
        };
    }

    private static String left(String text, String characters) {
        int from = 0;
        while (from < text.length() && characters.indexOf(text.charAt(from)) >= 0) {
            from++;
        }
        return text.substring(from);
    }

    private static String right(String text, String characters) {
        int to = text.length();
        while (to > 0 && characters.indexOf(text.charAt(to - 1)) >= 0) {
            to--;
        }
        return text.substring(0, to);
    }

    /** Keeps empty parts, as Python does. */
    private static List<String> split(String text, String separator) {
        if (separator.isEmpty()) {
            throw new ELException("an empty separator");
        }
        List<String> parts = new ArrayList<>();
        int from = 0;
        for (int at = text.indexOf(separator); at >= 0; at = text.indexOf(separator, from)) {
            parts.add(text.substring(from, at));
            from = at + separator.length();
        }
        parts.add(text.substring(from));
        return parts;
    }

    @Override
    public @Nullable Object getValue(ELContext context, Object base, Object property) {
        return null;
    }

    @Override
    public @Nullable Class<?> getType(ELContext context, Object base, Object property) {
        return null;
    }

    @Override
    public void setValue(ELContext context, Object base, Object property, Object value) {
        // Nothing of a string can be set; the next resolver says so.
    }

    @Override
    public boolean isReadOnly(ELContext context, Object base, Object property) {
        return true;
    }

    @Override
    public @Nullable Class<?> getCommonPropertyType(ELContext context, Object base) {
        return null;
    }

    @Override
    public java.util.@Nullable Iterator<java.beans.FeatureDescriptor> getFeatureDescriptors(
            ELContext context, Object base) {
        return null;
    }
}
