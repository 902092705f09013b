package dev.touchstone.worker;

import dev.touchstone.worker.engine.Engine;
import dev.touchstone.worker.engine.start.EngineChoice;
import dev.touchstone.worker.model.ModelCard;
import dev.touchstone.worker.model.chat.ChatTemplate;
import dev.touchstone.worker.model.gguf.GgufFile;
import dev.touchstone.worker.model.tokenizer.GgufTokenizer;
import dev.touchstone.worker.model.tokenizer.Tokenizer;
import dev.touchstone.worker.telemetry.Log;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.util.Optional;

/** A model that is loaded, warmed up and ready to answer. The engine belongs to the engine thread. */
record LoadedModel(Engine engine, Tokenizer tokenizer, ChatTemplate template, String name) implements AutoCloseable {
    private static final String EMBEDDED = "touchstone-tiny-q8_0.gguf";

    /** @param context 0 for the model's own */
    static LoadedModel load(Optional<Path> path, int context, EngineChoice choice, Log log) throws IOException {
        if (path.isPresent()) {
            return load(path.get(), context, choice, log);
        }
        Path copy = Files.createTempFile("touchstone-", ".gguf");
        try (InputStream in = LoadedModel.class.getResourceAsStream("/models/" + EMBEDDED)) {
            if (in == null) {
                throw new IOException("This build carries no model of its own; give --model a GGUF file.");
            }
            Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
            LoadedModel loaded = load(copy, context, choice, log);
            return new LoadedModel(loaded.engine(), loaded.tokenizer(), loaded.template(), ModelCard.name(EMBEDDED));
        } finally {
            Files.deleteIfExists(copy);
        }
    }

    private static LoadedModel load(Path path, int context, EngineChoice choice, Log log) throws IOException {
        try (GgufFile file = GgufFile.open(path)) {
            Tokenizer tokenizer = GgufTokenizer.from(file.metadata());
            Engine engine = choice.load(
                    file, context, 0, percent -> log.line("load_progress", "percent", Integer.toString(percent)));
            engine.warmUp();
            ChatTemplate template = ChatTemplate.of(file.metadata(), InstantSource.system());
            template.warmUp();
            return new LoadedModel(engine, tokenizer, template, ModelCard.name(String.valueOf(path.getFileName())));
        }
    }

    @Override
    public void close() {
        engine.close();
    }
}
