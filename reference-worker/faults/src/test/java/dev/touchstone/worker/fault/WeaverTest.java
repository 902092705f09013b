package dev.touchstone.worker.fault;

import static net.bytebuddy.matcher.ElementMatchers.named;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.bytebuddy.asm.Advice;
import org.junit.jupiter.api.Test;

class WeaverTest {

    private static final String SAMPLER = "dev.touchstone.worker.generate.ChainSampler";

    @Test
    void changesTheClassThatIsNamedAndKeepsTheOriginal() throws NotWoven {
        var woven = weaver("choose", Nothing.class).woven();
        assertThat(woven).containsOnlyKeys(SAMPLER);
        assertThat(woven.values()).allSatisfy(one -> assertThat(one.changed()).isNotEqualTo(one.original()));
    }

    @Test
    void methodThatIsNotThereIsOneSentence() {
        assertThatThrownBy(() -> weaver("chose", Nothing.class).woven())
                .isInstanceOf(NotWoven.class)
                .hasMessageContaining("ChainSampler has no method");
    }

    @Test
    void adviceThatDoesNotFitItsMethodIsOneSentence() {
        assertThatThrownBy(() -> weaver("choose", ThirdArgument.class).woven())
                .isInstanceOf(NotWoven.class)
                .hasMessageContaining("cannot be woven into " + SAMPLER);
    }

    private static Weaver weaver(String method, Class<?> advice) {
        return new Weaver(List.of(new Weave(SAMPLER, named(method), advice)));
    }

    /** Wants an argument that the method has not. */
    public static final class ThirdArgument {
        private ThirdArgument() {}

        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(2) int third) {
            System.out.println(third);
        }
    }

    /** Fits. */
    public static final class Nothing {
        private Nothing() {}

        @Advice.OnMethodEnter
        public static void enter() {
            Fired.now();
        }
    }
}
