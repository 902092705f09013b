package dev.touchstone.reports;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** How the files of results are read: one schema each, and members that may be left out. */
final class ResultJson {

    private ResultJson() {}

    /**
     * Reads a file of results.
     *
     * @param name of the file
     * @param schema the only one that is accepted
     * @param writer who writes it, for the message
     * @throws IOException whose message is one sentence when the file is missing, no JSON, or of another schema
     */
    static JsonNode read(Path directory, String name, String schema, String writer) throws IOException {
        Path file = directory.resolve(name);
        if (!Files.isRegularFile(file)) {
            throw new IOException("There is no " + name + " in " + directory + "; " + writer + " writes it.");
        }
        JsonNode root = parse(file);
        String said = text(root, "schema");
        if (!said.equals(schema)) {
            throw new IOException(file + " has schema '" + said + "', but only '" + schema + "' is accepted.");
        }
        return root;
    }

    private static JsonNode parse(Path file) throws IOException {
        try {
            return new ObjectMapper().readTree(Files.readAllBytes(file));
        } catch (JsonProcessingException e) {
            throw new IOException(file + " is not valid JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** The member's text; empty where there is none. */
    static String text(JsonNode node, String member) {
        return node.path(member).asText("");
    }

    static List<String> strings(JsonNode array) {
        return list(array, item -> item.asText(""));
    }

    static <T> List<T> list(JsonNode array, Function<JsonNode, T> read) {
        List<T> items = new ArrayList<>();
        array.forEach(node -> items.add(read.apply(node)));
        return List.copyOf(items);
    }
}
