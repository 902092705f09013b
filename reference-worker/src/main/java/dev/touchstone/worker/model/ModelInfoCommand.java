package dev.touchstone.worker.model;

import dev.touchstone.worker.model.gguf.GgufException;
import dev.touchstone.worker.model.gguf.GgufFile;
import dev.touchstone.worker.model.gguf.TensorType;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code model info FILE}: prints what a GGUF file holds. */
@Command(
        name = "info",
        description = "Print what a GGUF file holds: shape, tensor types, tokenizer.",
        mixinStandardHelpOptions = true)
final class ModelInfoCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "A model file in the GGUF format.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path file;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    /** Exit status 0, or 2 with one sentence on stderr when the file cannot be used. */
    @Override
    public Integer call() {
        try (GgufFile gguf = GgufFile.open(file)) {
            print(ModelCard.of(gguf), gguf.size(), spec.commandLine().getOut());
            return 0;
        } catch (GgufException unusable) {
            spec.commandLine().getErr().println(unusable.getMessage());
            return 2;
        }
    }

    private static void print(ModelCard card, long fileSize, PrintWriter out) {
        line(out, "name", shown(card.name()) + " (" + shown(card.title()) + ")");
        line(out, "architecture", shown(card.architecture()));
        line(out, "parameters", grouped(card.parameters()));
        line(out, "file size", grouped(fileSize) + " bytes");
        line(out, "tensor bytes", grouped(card.tensorBytes()));
        Map<TensorType, ModelCard.TypeShare> types = new TreeMap<>(card.types());
        types.forEach((type, share) -> line(
                out, "  " + type, "%s tensors, %s bytes".formatted(grouped(share.tensors()), grouped(share.bytes()))));
        line(out, "context", grouped(card.contextLength()) + " tokens");
        line(out, "layers", grouped(card.layers()));
        line(out, "hidden size", grouped(card.embeddingLength()));
        line(out, "heads", card.heads() + " (" + card.kvHeads() + " for keys and values)");
        line(out, "vocabulary", grouped(card.vocabSize()) + " tokens");
        line(out, "pre-tokenizer", shown(card.preTokenizer()));
        line(out, "chat template", card.chatTemplate() ? "yes" : "no");
        out.flush();
    }

    private static void line(PrintWriter out, String label, String value) {
        out.printf("%-14s %s%n", label, value);
    }

    private static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** Text from the file, without what could disturb a terminal. */
    private static String shown(String text) {
        return text.isEmpty() ? "not stated" : text.replaceAll("\\p{Cntrl}", "?");
    }
}
