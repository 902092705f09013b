package dev.touchstone.worker.engine;

import dev.touchstone.worker.model.gguf.GgufTensor;
import java.util.Optional;

/** One transformer block's tensors, of the shapes that the model's metadata asks for. */
public record LayerTensors(
        GgufTensor attentionNorm,
        GgufTensor query,
        GgufTensor key,
        GgufTensor value,
        Optional<GgufTensor> queryBias,
        Optional<GgufTensor> keyBias,
        Optional<GgufTensor> valueBias,
        GgufTensor attentionOutput,
        GgufTensor feedForwardNorm,
        GgufTensor gate,
        GgufTensor up,
        GgufTensor down) {}
