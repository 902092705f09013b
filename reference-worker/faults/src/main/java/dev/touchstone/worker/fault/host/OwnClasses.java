package dev.touchstone.worker.fault.host;

import dev.touchstone.worker.fault.WovenFault;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Loads the classes of one worker anew, with a fault where it has one: their static state is the worker's own, and no other
 * worker of the process sees it. Libraries come from the parent, and so do those packages of the worker that the fault leaves
 * alone, that have no state, and that take the JIT compiler long. Thread-safe.
 */
final class OwnClasses extends ClassLoader {

    static {
        registerAsParallelCapable();
    }

    private static final String WORKER = "dev.touchstone.worker.";
    private static final String MODEL = WORKER + "model.";
    private static final String ENGINE = WORKER + "engine.";
    private static final String GENERATE = WORKER + "generate.";

    private final Optional<WovenFault> fault;
    private final List<String> shared;

    OwnClasses(ClassLoader parent, Optional<WovenFault> fault) {
        super("worker", parent);
        this.fault = fault;
        Set<String> changed = fault.map(WovenFault::types).orElse(Set.of());
        // The engine knows the model's files, so it cannot be shared without them. ArchitectureTest holds the rest:
        // these
        // three know no other part of a worker that serves, and have no state of their own.
        boolean ownModel = isWithin(changed, MODEL);
        boolean ownEngine = ownModel || isWithin(changed, ENGINE);
        this.shared = Stream.of(
                        ownModel ? "" : MODEL, ownEngine ? "" : ENGINE, isWithin(changed, GENERATE) ? "" : GENERATE)
                .filter(part -> !part.isEmpty())
                .toList();
    }

    /** Whether a fault changes nothing but the worker's own classes. */
    static boolean fits(WovenFault fault) {
        return fault.types().stream().allMatch(type -> type.startsWith(WORKER));
    }

    private static boolean isWithin(Set<String> types, String part) {
        return types.stream().anyMatch(type -> type.startsWith(part));
    }

    private boolean isOwn(String name) {
        return name.startsWith(WORKER) && shared.stream().noneMatch(name::startsWith);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!isOwn(name)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> known = findLoadedClass(name);
            return known == null ? define(name) : known;
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            byte[] file = in.readAllBytes();
            byte[] bytes = fault.flatMap(f -> f.changed(name, file)).orElse(file);
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }
}
