package dev.touchstone.worker.engine.cuda;

import dev.touchstone.worker.engine.ModelLoadException;
import dev.touchstone.worker.engine.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The kernels of a decode step, in the instances that a model's types ask for, and their launches in order. */
final class DecodeKernels {

    private record Instances(Kernel queryKeyValue, Kernel attentionOutput, Kernel gateUp, Kernel down) {}

    private final DeviceModel model;
    private final Kernel embed;
    private final Kernel attend;
    private final Optional<Kernel> attendNear;
    private final int near;
    private final Kernel logits;
    private final Kernel choose;
    private final List<Instances> layers = new ArrayList<>();

    /**
     * @param clusterPositions positions below which attention is by clusters of blocks, 0 where the device has none
     * @throws ModelLoadException if the build lacks a kernel
     */
    DecodeKernels(KernelSource kernels, DeviceModel model, int clusterPositions) throws ModelLoadException {
        this.model = model;
        DeviceWeights weights = model.weights();
        embed = kernels.kernel("embed_row");
        attend = kernels.kernel("attend");
        near = clusterPositions;
        attendNear = near == 0
                ? Optional.empty()
                : Optional.of(kernels.kernel(
                        clustered(model.shape()), model.kv().type().asTensor()));
        logits = kernels.kernel("rms_logits", weights.output().type());
        choose = kernels.kernel("choose");
        for (DeviceLayer layer : weights.layers()) {
            layers.add(new Instances(
                    kernels.kernel(
                            "rms_qkv_rope",
                            layer.query().type(),
                            layer.key().type(),
                            layer.value().type()),
                    kernels.kernel("matvec_add", layer.attentionOutput().type()),
                    kernels.kernel(
                            "rms_gate_up", layer.gate().type(), layer.up().type()),
                    kernels.kernel("matvec_add", layer.down().type())));
        }
    }

    /** Name of the kernel of attention by clusters of blocks. */
    static String clustered(Shape shape) {
        return "attend_cluster_" + shape.headSize();
    }

    /**
     * Launches a step up to its logits.
     *
     * @param positions that attention's grid covers; the step's own lies below
     */
    void step(int positions) {
        Scratch scratch = model.scratch();
        DeviceMatrix table = model.weights().embedding();
        embed.pointer(scratch.step())
                .matrix(table)
                .pointer(scratch.state())
                .launch(model.sizes(table.rows(), table.columns(), 1, positions));
        for (int l = 0; l < layers.size(); l++) {
            attention(l, positions);
            feedForward(l);
        }
        logits(scratch.state(), true);
    }

    private void attention(int l, int positions) {
        Scratch scratch = model.scratch();
        DeviceLayer layer = model.weights().layers().get(l);
        Instances instances = layers.get(l);
        int rows = layer.query().rows() + layer.key().rows() + layer.value().rows();
        instances
                .queryKeyValue()
                .pointer(scratch.step())
                .pointer(scratch.state())
                .pointer(layer.attentionNorm())
                .real(model.shape().epsilon())
                .matrix(layer.query())
                .matrix(layer.key())
                .matrix(layer.value())
                .pointer(layer.queryBias())
                .pointer(layer.keyBias())
                .pointer(layer.valueBias())
                .pointer(model.weights().rope())
                .integer(model.shape().ropeSize())
                .integer(model.halfSplit())
                .integer(model.shape().headSize())
                .integer(l)
                .integer(model.shape().kvHeads())
                .integer(model.kv().type().code())
                .pointer(scratch.stepQuery())
                .launchOverlapping(model.sizes(rows, layer.query().columns(), 1, positions));
        attend(l, positions);
        addProduct(instances.attentionOutput(), layer.attentionOutput(), scratch.stepAttended());
    }

    /** Which kernel it is follows from the position alone, and so do the bits. */
    private void attend(int l, int positions) {
        Scratch scratch = model.scratch();
        Map<String, Integer> sizes =
                model.sizes(model.shape().queryWidth(), model.shape().headSize(), 1, positions);
        if (attendNear.isPresent() && positions <= near) {
            attendNear
                    .get()
                    .pointer(scratch.step())
                    .pointer(scratch.stepQuery())
                    .pointer(scratch.stepAttended())
                    .integer(l)
                    .integer(model.shape().heads())
                    .integer(model.shape().kvHeads())
                    .launchOverlapping(sizes);
            return;
        }
        attend.pointer(scratch.step())
                .pointer(scratch.stepQuery())
                .pointer(scratch.stepAttended())
                .pointer(scratch.partials())
                .pointer(scratch.attendCounters())
                .integer(l)
                .integer(model.shape().heads())
                .integer(model.shape().kvHeads())
                .integer(model.shape().headSize())
                .integer(model.kv().type().code())
                .launchOverlapping(sizes);
    }

    private void feedForward(int l) {
        Scratch scratch = model.scratch();
        DeviceLayer layer = model.weights().layers().get(l);
        Instances instances = layers.get(l);
        instances
                .gateUp()
                .pointer(scratch.state())
                .pointer(layer.feedForwardNorm())
                .real(model.shape().epsilon())
                .matrix(layer.gate())
                .matrix(layer.up())
                .pointer(scratch.inner())
                .launchOverlapping(model.sizes(
                        layer.gate().rows() + layer.up().rows(), layer.gate().columns(), 1, 1));
        addProduct(instances.down(), layer.down(), scratch.inner());
    }

    private void addProduct(Kernel kernel, DeviceMatrix matrix, long in) {
        kernel.matrix(matrix)
                .pointer(in)
                .pointer(model.scratch().state())
                .launchOverlapping(model.sizes(matrix.rows(), matrix.columns(), 1, 1));
    }

    /**
     * Launches the logits of one row of the residual stream.
     *
     * @param overlapping whether what comes before is a decode kernel
     */
    void logits(long state, boolean overlapping) {
        DeviceMatrix output = model.weights().output();
        logits.pointer(state)
                .pointer(model.weights().outputNorm())
                .real(model.shape().epsilon())
                .matrix(output)
                .pointer(model.scratch().logits());
        if (overlapping) {
            logits.launchOverlapping(model.sizes(output.rows(), output.columns(), 1, 1));
        } else {
            logits.launch(model.sizes(output.rows(), output.columns(), 1, 1));
        }
    }

    /**
     * Launches the choice from the logits, which becomes the step's token.
     *
     * @param result the device's address of the word that tells it
     */
    void choose(long result, boolean overlapping) {
        Scratch scratch = model.scratch();
        choose.pointer(scratch.step())
                .pointer(scratch.logits())
                .integer(model.vocabSize())
                .pointer(scratch.choosePartials())
                .pointer(scratch.chooseCounters())
                .pointer(result);
        if (overlapping) {
            choose.launchOverlapping(model.sizes(model.vocabSize(), 1, model.vocabSize(), 1));
        } else {
            choose.launch(model.sizes(model.vocabSize(), 1, model.vocabSize(), 1));
        }
    }
}
