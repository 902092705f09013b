package dev.touchstone.worker.fault;

import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.ProtectionDomain;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A fault as the build wove it: changed class files beside the digests of those that they replace, in the agent's jar.
 * A worker with a fault starts a second sooner so than if it wove by itself, and needs no library for it.
 */
public final class WovenFault {

    private static final String FOLDER = "woven";
    private static final String LIST = "classes";

    /** What replaces a class. */
    private record Replacement(String digestOfOriginal, byte[] changed) {}

    private final Map<String, Replacement> replacements = new HashMap<>();

    private WovenFault() {}

    /** Writes a fault below a folder that becomes the root of the jar. */
    static void write(Path root, String fault, Map<String, WovenClass> classes) throws IOException {
        Path folder = Files.createDirectories(root.resolve(FOLDER).resolve(fault));
        StringBuilder list = new StringBuilder();
        for (Map.Entry<String, WovenClass> entry : classes.entrySet()) {
            list.append(entry.getKey())
                    .append(' ')
                    .append(digest(entry.getValue().original()))
                    .append('\n');
            // not by the suffix of a class file: tools that look at the jar would take it for one of its classes
            Files.write(
                    folder.resolve(entry.getKey() + ".woven"), entry.getValue().changed());
        }
        Files.writeString(folder.resolve(LIST), list);
    }

    /** Writes the ids of all faults. */
    static void writeIndex(Path root, SortedSet<String> faults) throws IOException {
        Files.writeString(Files.createDirectories(root.resolve(FOLDER)).resolve("faults"), String.join("\n", faults));
    }

    /** The ids of all faults of this build. */
    static SortedSet<String> index() throws NotWoven {
        return new TreeSet<>(text("faults")
                .orElse("")
                .lines()
                .filter(line -> !line.isEmpty())
                .toList());
    }

    /** Reads a fault of this build; empty when there is none of this id. */
    public static Optional<WovenFault> read(String fault) throws NotWoven {
        if (!index().contains(fault)) {
            return Optional.empty();
        }
        WovenFault woven = new WovenFault();
        for (String line : text(fault + "/" + LIST).orElse("").lines().toList()) {
            String[] parts = line.split(" ", 2);
            byte[] changed = bytes(fault + "/" + parts[0] + ".woven")
                    .orElseThrow(() -> new NotWoven("The fault " + fault + " is not whole in this build."));
            woven.replacements.put(parts[0], new Replacement(parts[1], changed));
        }
        return Optional.of(woven);
    }

    /** The classes that it changes, by their full names. */
    public Set<String> types() {
        return Set.copyOf(replacements.keySet());
    }

    /**
     * What a class file is with the fault; empty where it is left as it is. A worker of another build ends the process.
     *
     * @param name the class's full name
     */
    public Optional<byte[]> changed(String name, byte[] file) {
        return Optional.ofNullable(replaced(name, file));
    }

    /**
     * Replaces the classes from now on, as they are loaded. A worker of another build ends the process then.
     *
     * @throws NotWoven when one of them was loaded before
     */
    void installOn(Instrumentation instrumentation) throws NotWoven {
        for (Class<?> loaded : instrumentation.getAllLoadedClasses()) {
            if (replacements.containsKey(loaded.getName())) {
                throw new NotWoven("The fault cannot be woven into " + loaded.getName()
                        + ", which was loaded before; no advice may make the JVM load the class that it changes.");
            }
        }
        instrumentation.addTransformer(new ClassFileTransformer() {
            @Override
            public byte @Nullable [] transform(
                    @Nullable ClassLoader loader,
                    @Nullable String name,
                    @Nullable Class<?> redefined,
                    @Nullable ProtectionDomain domain,
                    byte[] file) {
                return name == null ? null : replaced(name.replace('/', '.'), file);
            }
        });
    }

    private byte @Nullable [] replaced(String name, byte[] file) {
        Replacement replacement = replacements.get(name);
        if (replacement == null) {
            return null;
        }
        if (!digest(file).equals(replacement.digestOfOriginal())) {
            FaultAgent.end("The fault cannot be woven into " + name
                    + ", which is of another build than this agent; build both together.");
        }
        return replacement.changed();
    }

    private static Optional<String> text(String name) throws NotWoven {
        return bytes(name).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }

    private static Optional<byte[]> bytes(String name) throws NotWoven {
        try (InputStream in = WovenFault.class.getResourceAsStream("/" + FOLDER + "/" + name)) {
            return in == null ? Optional.empty() : Optional.of(in.readAllBytes());
        } catch (IOException e) {
            throw new NotWoven("The faults of this build cannot be read: " + e.getMessage() + ".");
        }
    }

    private static String digest(byte[] file) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(file));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
