package dev.touchstone.worker.fault;

import static net.bytebuddy.matcher.ElementMatchers.named;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import net.bytebuddy.asm.Advice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WorkerFaultsTest {

    static Stream<Map.Entry<String, List<Weave>>> everyFault() {
        return WorkerFaults.all().entrySet().stream();
    }

    @ParameterizedTest
    @MethodSource("everyFault")
    void hasAnIdInKebabCaseByWhichItIsFound(Map.Entry<String, List<Weave>> fault) {
        assertThat(fault.getKey()).matches("[a-z0-9]+(-[a-z0-9]+)+");
        assertThat(WorkerFaults.named(fault.getKey())).contains(fault.getValue());
    }

    @ParameterizedTest
    @MethodSource("everyFault")
    void findsItsTypesAndMethodsInTheWorker(Map.Entry<String, List<Weave>> fault) throws Exception {
        assertThat(fault.getValue()).isNotEmpty();
        for (Weave weave : fault.getValue()) {
            assertThat(Weaver.targets(weave)).as(fault.getKey()).isNotEmpty();
            assertThat(Class.forName(weave.type(), false, getClass().getClassLoader())
                            .getName())
                    // its own, or of the HTTP server or the binding of the GPU's driver that it is built on
                    .matches("(dev\\.touchstone\\.worker|io\\.undertow|jcuda\\.driver)\\..*");
        }
    }

    @ParameterizedTest
    @MethodSource("everyFault")
    void advisesByPublicStaticMethodsOfAPublicClass(Map.Entry<String, List<Weave>> fault) {
        for (Weave weave : fault.getValue()) {
            Class<?> advice = weave.advice();
            assertThat(Modifier.isPublic(advice.getModifiers()))
                    .as(advice.getName())
                    .isTrue();
            assertThat(Modifier.isStatic(advice.getModifiers()))
                    .as(advice.getName())
                    .isTrue();
            List<Method> advising = Stream.of(advice.getDeclaredMethods())
                    .filter(WorkerFaultsTest::advises)
                    .toList();
            assertThat(advising).as(advice.getName()).isNotEmpty().allSatisfy(method -> {
                assertThat(Modifier.isPublic(method.getModifiers())).isTrue();
                assertThat(Modifier.isStatic(method.getModifiers())).isTrue();
            });
        }
    }

    /** What goes into the worker must not need the library that weaves. */
    @ParameterizedTest
    @MethodSource("everyFault")
    void callsNothingThatKnowsTheWeaving(Map.Entry<String, List<Weave>> fault) throws Exception {
        for (WovenClass woven : new Weaver(fault.getValue()).woven().values()) {
            String file = new String(woven.changed(), StandardCharsets.ISO_8859_1);
            assertThat(file).doesNotContain("net/bytebuddy");
            assertThat(OWN.matcher(file).results().map(MatchResult::group).filter(WorkerFaultsTest::knowsTheWeaving))
                    .as(fault.getKey())
                    .isEmpty();
        }
    }

    private static final Pattern OWN = Pattern.compile("dev/touchstone/worker/fault/[A-Za-z0-9_$]+");

    /** Annotations do not count: the JVM passes over those whose type is not there. */
    private static boolean knowsTheWeaving(String name) {
        return Stream.concat(Stream.of(Weave.class), Stream.of(WorkerFaults.class))
                .map(type -> type.getName().replace('.', '/'))
                .anyMatch(type -> bytes(name).contains(type));
    }

    private static String bytes(String name) {
        try (var in = WorkerFaultsTest.class.getResourceAsStream("/" + name + ".class")) {
            return in == null ? "" : new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void saysWhichTypeOrMethodIsNotThere() {
        var noType = new Weave("dev.touchstone.worker.NoSuch", named("choose"), SamplingFaults.SeedIgnored.class);
        assertThatThrownBy(() -> Weaver.targets(noType))
                .isInstanceOf(NotWoven.class)
                .hasMessageContaining("no class dev.touchstone.worker.NoSuch");
        String sampler = "dev.touchstone.worker.generate.";
        var noMethod = new Weave(sampler + "ChainSampler", named("chose"), SamplingFaults.SeedIgnored.class);
        assertThatThrownBy(() -> Weaver.targets(noMethod))
                .hasMessageContainingAll("ChainSampler has no method", "chose");
        var noBody = new Weave(sampler + "Sampler", named("choose"), SamplingFaults.SeedIgnored.class);
        assertThatThrownBy(() -> Weaver.targets(noBody)).hasMessageContaining("no method with a body");
    }

    private static boolean advises(Method method) {
        return Stream.of(method.getAnnotations())
                .anyMatch(a -> a.annotationType().getName().startsWith(Advice.class.getName() + "$"));
    }
}
