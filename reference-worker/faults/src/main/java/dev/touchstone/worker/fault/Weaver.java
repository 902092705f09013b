package dev.touchstone.worker.fault;

import static net.bytebuddy.matcher.ElementMatchers.named;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.description.method.MethodList;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.dynamic.DynamicType;
import net.bytebuddy.dynamic.scaffold.InstrumentedType;
import net.bytebuddy.dynamic.scaffold.MethodGraph;
import net.bytebuddy.implementation.Implementation;
import net.bytebuddy.pool.TypePool;

/** Weaves all the advice of one fault into the worker's classes, as they are in files; none of them is loaded. */
final class Weaver {

    private static final TypePool TYPES = TypePool.Default.ofSystemLoader();
    private static final ClassFileLocator FILES = ClassFileLocator.ForClassLoader.ofSystemLoader();

    private final List<Weave> weaves;

    Weaver(List<Weave> weaves) {
        this.weaves = List.copyOf(weaves);
    }

    /**
     * The changed class files, each by its class's full name.
     *
     * @throws NotWoven when a type or method does not exist, or advice does not fit its method
     */
    Map<String, WovenClass> woven() throws NotWoven {
        Map<String, WovenClass> woven = new LinkedHashMap<>();
        for (Weave weave : weaves) {
            targets(weave);
            if (!woven.containsKey(weave.type())) {
                woven.put(weave.type(), woven(type(weave)));
            }
        }
        return woven;
    }

    private WovenClass woven(TypeDescription type) throws NotWoven {
        // Nothing but the bodies of methods may change, or a fault would be seen by reflection.
        DynamicType.Builder<?> builder = new ByteBuddy()
                .with(Implementation.Context.Disabled.Factory.INSTANCE)
                .with(InstrumentedType.Factory.Default.FROZEN)
                .with(MethodGraph.Compiler.ForDeclaredMethods.INSTANCE)
                .redefine(type, FILES);
        for (Weave weave : weaves) {
            if (named(weave.type()).matches(type)) {
                builder = builder.visit(Advice.to(weave.advice()).on(weave.method()));
            }
        }
        try (var made = builder.make()) {
            return new WovenClass(FILES.locate(type.getName()).resolve(), made.getBytes());
        } catch (IOException | IllegalStateException | IllegalArgumentException e) {
            throw new NotWoven("The fault cannot be woven into " + type.getName() + ": " + e.getMessage() + ".");
        }
    }

    /**
     * The methods and constructors that advice would go into, at least one.
     *
     * @throws NotWoven when there is none
     */
    static MethodList<MethodDescription.InDefinedShape> targets(Weave weave) throws NotWoven {
        var methods = type(weave)
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

    private static TypeDescription type(Weave weave) throws NotWoven {
        TypePool.Resolution found = TYPES.describe(weave.type());
        if (!found.isResolved()) {
            throw new NotWoven("The fault cannot be woven in, for the worker has no class " + weave.type() + ".");
        }
        return found.resolve();
    }
}
