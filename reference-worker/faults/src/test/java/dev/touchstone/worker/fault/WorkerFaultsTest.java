package dev.touchstone.worker.fault;

import static net.bytebuddy.matcher.ElementMatchers.named;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Map;
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
                    .startsWith("dev.touchstone.worker.");
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
