package dev.touchstone.worker.engine.cuda;

import java.util.List;

/**
 * A model's weights in device memory, all in one block.
 *
 * @param outputNorm address of the norm before the output
 * @param output the embedding where the file ties them
 * @param rope address of the rotary table
 */
record DeviceWeights(
        DeviceMatrix embedding, List<DeviceLayer> layers, long outputNorm, DeviceMatrix output, long rope) {

    DeviceWeights {
        layers = List.copyOf(layers);
    }
}
