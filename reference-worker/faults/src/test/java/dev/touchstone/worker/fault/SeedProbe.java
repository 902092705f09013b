package dev.touchstone.worker.fault;

import dev.touchstone.worker.generate.ChainSampler;
import dev.touchstone.worker.generate.SamplingOptions;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A program that draws twice by one seed and prints both draws, one a line: the same where the seed counts. */
final class SeedProbe {

    static final SamplingOptions OPTIONS = new SamplingOptions(1, 1, 0, 0, 1, 7);

    private SeedProbe() {}

    public static void main(String[] args) {
        Serving.begin(); // faults leave what goes before alone
        System.out.println(draw());
        System.out.println(draw());
    }

    private static String draw() {
        var sampler = new ChainSampler(OPTIONS);
        return IntStream.range(0, 32)
                .mapToObj(position -> Integer.toString(sampler.choose(new float[64], position)))
                .collect(Collectors.joining(" "));
    }
}
