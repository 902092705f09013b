package dev.touchstone.worker.engine.cuda;

/** One transformer block's weights in device memory; vectors are addresses of float32, a bias that is missing is 0. */
record DeviceLayer(
        long attentionNorm,
        DeviceMatrix query,
        DeviceMatrix key,
        DeviceMatrix value,
        long queryBias,
        long keyBias,
        long valueBias,
        DeviceMatrix attentionOutput,
        long feedForwardNorm,
        DeviceMatrix gate,
        DeviceMatrix up,
        DeviceMatrix down) {}
