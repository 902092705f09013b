package dev.touchstone.worker.synth;

/** Roundings of finite numbers to the formats of scales and weights, and of ratios to codes. */
final class Rounding {
    private Rounding() {}

    /** The bits of the nearest bfloat16, ties to even. */
    static short brain(float value) {
        int bits = Float.floatToRawIntBits(value);
        return (short) (bits + 0x7FFF + (bits >>> 16 & 1) >>> 16);
    }

    /** The least half-precision number that is not below {@code value}. */
    static float halfUp(float value) {
        short half = Float.floatToFloat16(value);
        if (Float.float16ToFloat(half) >= value) {
            return Float.float16ToFloat(half);
        }
        // The bits of a half grow with its size; above a negative one lies that with smaller bits.
        boolean negative = half < 0;
        return Float.float16ToFloat((short) (negative ? half - 1 : half + 1));
    }

    /** The largest half-precision number that is not above {@code value}. */
    static float halfDown(float value) {
        return -halfUp(-value);
    }

    /** The whole number nearest to {@code value / step}, within bounds; 0 fits every value where the step is 0. */
    static int code(float value, float step, int least, int most) {
        return step == 0 ? Math.clamp(0, least, most) : Math.clamp(Math.round(value / step), least, most);
    }

    /** The least whole number of steps that reaches {@code value}, at most {@code most}. */
    static int stepsUp(float value, float step, int most) {
        return step == 0 ? 0 : (int) Math.min(most, Math.ceil((double) value / step));
    }
}
