package dev.touchstone.features.run;

import dev.touchstone.harness.cli.CommandFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that holds a worker's bearer token, so that it stands in no command line. */
final class TokenFile {
    private TokenFile() {}

    /** @throws CommandFailure with one sentence where there is no token in it */
    static String read(Path file) {
        try {
            String token = Files.readString(file).strip();
            if (token.isEmpty()) {
                throw new CommandFailure("The token file " + file + " is empty; it must hold one bearer token.");
            }
            return token;
        } catch (IOException e) {
            throw new CommandFailure("The token file " + file + " cannot be read: " + e.getMessage() + ".");
        }
    }
}
