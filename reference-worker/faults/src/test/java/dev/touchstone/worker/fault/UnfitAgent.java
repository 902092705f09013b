package dev.touchstone.worker.fault;

import static net.bytebuddy.matcher.ElementMatchers.named;

import dev.touchstone.worker.generate.ChainSampler;
import java.lang.instrument.Instrumentation;
import java.util.List;
import net.bytebuddy.asm.Advice;

/** An agent whose advice does not go into the sampler, each time for another reason. */
public final class UnfitAgent {

    private static final String SAMPLER = "dev.touchstone.worker.generate.ChainSampler";

    private UnfitAgent() {}

    public static void premain(String reason, Instrumentation instrumentation) {
        Weave weave = switch (reason) {
            case "method" -> new Weave(SAMPLER, named("chose"), ThirdArgument.class);
            case "argument" -> new Weave(SAMPLER, named("choose"), ThirdArgument.class);
            default ->
                new Weave(new ChainSampler(SeedProbe.OPTIONS).getClass().getName(), named("choose"), Nothing.class);
        };
        FaultAgent.orEnd(() -> new Weaver(List.of(weave)).installOn(instrumentation));
    }

    /** Wants an argument that the method has not. */
    public static final class ThirdArgument {
        private ThirdArgument() {}

        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(2) int third) {
            System.out.println(third);
        }
    }

    /** Would fit. */
    public static final class Nothing {
        private Nothing() {}

        @Advice.OnMethodEnter
        public static void enter() {
            Fired.now();
        }
    }
}
