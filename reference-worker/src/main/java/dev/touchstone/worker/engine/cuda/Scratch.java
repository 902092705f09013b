package dev.touchstone.worker.engine.cuda;

/**
 * Addresses of what the forward passes write, each region 256-byte aligned. Widths and counts are in
 * {@link ScratchLayout}.
 *
 * @param tokens i32 [rows]
 * @param stream f32 [rows][hidden], the residual stream of a prompt's part
 * @param high F16 [rows][width of what was split last]
 * @param low as {@code high}
 * @param scale f32 [rows]
 * @param query f32 [rows][query width]
 * @param attended as {@code query}
 * @param key f32 [rows][KV width]
 * @param value as {@code key}
 * @param gate f32 [rows][feed forward]
 * @param up as {@code gate}
 * @param weightHigh F16 elements of one matrix, 0 where all weights are F16
 * @param weightLow as {@code weightHigh}
 * @param state f32 [hidden], the residual stream of one token
 * @param stepQuery f32 [query width]
 * @param stepAttended f32 [query width]
 * @param partials f32 [heads][chunks][head size + 2]
 * @param inner f32 [feed forward]
 * @param logits f32 [vocabulary]
 * @param attendCounters i32, zero between launches
 * @param choosePartials 8 bytes a block
 * @param chooseCounters i32, zero between launches
 * @param step the kernels' {@code struct Step}
 */
record Scratch(
        long tokens,
        long stream,
        long high,
        long low,
        long scale,
        long query,
        long attended,
        long key,
        long value,
        long gate,
        long up,
        long weightHigh,
        long weightLow,
        long state,
        long stepQuery,
        long stepAttended,
        long partials,
        long inner,
        long logits,
        long attendCounters,
        long choosePartials,
        long chooseCounters,
        long step) {

    /** Takes all regions; the block holds {@link ScratchLayout#room()} bytes. */
    static Scratch in(DeviceBlock.Regions regions, ScratchLayout layout) {
        int hidden = layout.shape().hidden();
        int queryWidth = layout.shape().queryWidth();
        int kvWidth = layout.shape().kvWidth();
        int inner = layout.shape().feedForward();
        return new Scratch(
                regions.take(4L * layout.rows()),
                regions.take(layout.floats(hidden)),
                regions.take(layout.halves()),
                regions.take(layout.halves()),
                regions.take(4L * layout.rows()),
                regions.take(layout.floats(queryWidth)),
                regions.take(layout.floats(queryWidth)),
                regions.take(layout.floats(kvWidth)),
                regions.take(layout.floats(kvWidth)),
                regions.take(layout.floats(inner)),
                regions.take(layout.floats(inner)),
                regions.take(2 * layout.dequantized()),
                regions.take(2 * layout.dequantized()),
                regions.take(4L * hidden),
                regions.take(4L * queryWidth),
                regions.take(4L * queryWidth),
                regions.take(layout.partials()),
                regions.take(4L * inner),
                regions.take(4L * layout.vocabSize()),
                regions.take(ScratchLayout.SMALL),
                regions.take(ScratchLayout.SMALL),
                regions.take(ScratchLayout.SMALL),
                regions.take(ScratchLayout.SMALL));
    }
}
