package dev.touchstone.worker.engine.cpu;

/** One transformer block's weights. Vectors are filled up with zeros; a bias that the model lacks is all zeros. */
record Layer(
        float[] attentionNorm,
        Matrix query,
        Matrix key,
        Matrix value,
        float[] queryBias,
        float[] keyBias,
        float[] valueBias,
        Matrix attentionOutput,
        float[] feedForwardNorm,
        Matrix gate,
        Matrix up,
        Matrix down) {}
