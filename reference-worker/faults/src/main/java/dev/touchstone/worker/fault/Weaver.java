package dev.touchstone.worker.fault;

import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.namedOneOf;

import java.lang.instrument.Instrumentation;
import java.util.Arrays;
import java.util.List;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.description.method.MethodList;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.dynamic.DynamicType;
import net.bytebuddy.pool.TypePool;
import net.bytebuddy.utility.JavaModule;
import org.jspecify.annotations.Nullable;

/** Weaves all the advice of one fault into the worker's classes as they are loaded. */
final class Weaver {

    private final List<Weave> weaves;

    Weaver(List<Weave> weaves) {
        this.weaves = List.copyOf(weaves);
    }

    /**
     * Looks whether everything that is to be changed is there, and changes it from now on. Advice that turns out later
     * not to fit its method ends the process.
     *
     * @throws NotWoven when a type or method does not exist, or a class was loaded too early to be changed
     */
    void installOn(Instrumentation instrumentation) throws NotWoven {
        for (Weave weave : weaves) {
            targets(weave);
        }
        String[] types = weaves.stream().map(Weave::type).distinct().toArray(String[]::new);
        for (Class<?> loaded : instrumentation.getAllLoadedClasses()) {
            if (Arrays.asList(types).contains(loaded.getName())) {
                throw new NotWoven("The fault cannot be woven into " + loaded.getName()
                        + ", which was loaded before; no advice may make the JVM load the class that it changes.");
            }
        }
        new AgentBuilder.Default()
                .disableClassFormatChanges()
                .with(new EndsOnError())
                .type(namedOneOf(types))
                .transform((builder, type, _, _, _) -> woven(builder, type))
                .installOn(instrumentation);
    }

    /**
     * The methods and constructors that advice would go into, at least one; the class is read and not loaded.
     *
     * @throws NotWoven when there is none
     */
    static MethodList<MethodDescription.InDefinedShape> targets(Weave weave) throws NotWoven {
        TypePool.Resolution found = TypePool.Default.ofSystemLoader().describe(weave.type());
        if (!found.isResolved()) {
            throw new NotWoven("The fault cannot be woven in, for the worker has no class " + weave.type() + ".");
        }
        var methods = found.resolve()
                .getDeclaredMethods()
                .filter(weave.method())
                // advice passes over those in silence
                .filter(method -> !method.isAbstract() && !method.isNative());
        if (methods.isEmpty()) {
            throw new NotWoven("The fault cannot be woven in, for " + weave.type()
                    + " has no method with a body that is " + weave.method() + ".");
        }
        return methods;
    }

    private DynamicType.Builder<?> woven(DynamicType.Builder<?> builder, TypeDescription type) {
        DynamicType.Builder<?> woven = builder;
        for (Weave weave : weaves) {
            if (named(weave.type()).matches(type)) {
                woven = woven.visit(Advice.to(weave.advice()).on(weave.method()));
            }
        }
        return woven;
    }

    /** A class that cannot be changed would be loaded as it is, in silence. */
    private static final class EndsOnError extends AgentBuilder.Listener.Adapter {
        @Override
        public void onError(
                String type,
                @Nullable ClassLoader loader,
                @Nullable JavaModule module,
                boolean loaded,
                Throwable throwable) {
            FaultAgent.end("The fault cannot be woven into " + type + ": " + throwable.getMessage() + ".");
        }
    }
}
