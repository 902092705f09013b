package dev.touchstone.worker.engine.cuda;

import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.JCudaDriver;

/**
 * A decode step as CUDA graphs: for each range of positions one that ends with the logits and two that go on to the choice.
 * The two tell their tokens in words of their own, so that a step may run ahead while the host has not yet read the token
 * before. All are made at once, so that later jobs allocate nothing.
 */
final class DecodeGraphs implements AutoCloseable {

    private static final int KINDS = 3;
    private static final int LOGITS = 2;

    private final CudaContext context;
    private final StepRanges ranges;
    private final CUgraphExec[] graphs;

    /** @param results the device's addresses of the two words */
    DecodeGraphs(CudaContext context, DecodeKernels kernels, StepRanges ranges, long[] results) {
        this.context = context;
        this.ranges = ranges;
        this.graphs = new CUgraphExec[ranges.count() * KINDS];
        for (int range = 0; range < ranges.count(); range++) {
            int positions = ranges.end(range);
            for (int word = 0; word < results.length; word++) {
                long result = results[word];
                graphs[range * KINDS + word] = capture(() -> {
                    kernels.step(positions);
                    kernels.choose(result, true);
                });
            }
            graphs[range * KINDS + LOGITS] = capture(() -> kernels.step(positions));
        }
    }

    private CUgraphExec capture(Runnable launches) {
        CudaFailure.check(
                JCudaDriver.cuStreamBeginCapture(
                        context.stream(), CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL),
                "beginning to capture a decode step");
        launches.run();
        CUgraph graph = new CUgraph();
        CudaFailure.check(JCudaDriver.cuStreamEndCapture(context.stream(), graph), "capturing a decode step");
        CUgraphExec executable = new CUgraphExec();
        CudaFailure.check(JCudaDriver.cuGraphInstantiate(executable, graph, 0L), "instantiating a decode step");
        CudaFailure.check(JCudaDriver.cuGraphDestroy(graph), "dropping a captured graph");
        CudaFailure.check(JCudaDriver.cuGraphUpload(executable, context.stream()), "uploading a decode step");
        return executable;
    }

    /** Launches the step that leaves the logits. */
    void launchLogits(int position) {
        launch(ranges.of(position) * KINDS + LOGITS);
    }

    /** Launches the step that chooses, and tells its token in this word. */
    void launchChoice(int position, int word) {
        launch(ranges.of(position) * KINDS + word);
    }

    private void launch(int graph) {
        int status = JCudaDriver.cuGraphLaunch(graphs[graph], context.stream());
        if (status != 0) {
            throw CudaFailure.of(status, "launching a decode step");
        }
    }

    /** Destroys them; a device that has failed is past that, so no status is looked at. */
    @Override
    public void close() {
        for (CUgraphExec graph : graphs) {
            JCudaDriver.cuGraphExecDestroy(graph);
        }
    }
}
