package dev.touchstone.worker.model.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Blocks are built by hand: scale 2 is the half-precision number 0x4000, 0.5 is 0x3800. */
class DequantizerTest {

    @Test
    void readsPlainNumbers() {
        assertThat(row(TensorType.F32, 1, bytes(0, 0, 0xC0, 0x3F))).containsExactly(1.5f);
        assertThat(row(TensorType.F16, 1, bytes(0, 0x40))).containsExactly(2f);
        assertThat(row(TensorType.BF16, 1, bytes(0xC0, 0x3F))).containsExactly(1.5f);
    }

    @Test
    void readsFourBits() {
        byte[] q40 = block(18, 0, 0x40);
        q40[2] = (byte) 0xF0;
        float[] signed = row(TensorType.Q4_0, 32, q40);
        assertThat(signed[0]).isEqualTo(-16f);
        assertThat(signed[16]).isEqualTo(14f);
        byte[] q41 = block(20, 0, 0x40, 0, 0x38);
        q41[5] = 0x73;
        float[] shifted = row(TensorType.Q4_1, 32, q41);
        assertThat(shifted[0]).isEqualTo(0.5f);
        assertThat(shifted[1]).isEqualTo(6.5f);
        assertThat(shifted[17]).isEqualTo(14.5f);
    }

    @Test
    void readsFiveBits() {
        byte[] q50 = block(22, 0, 0x40, 1, 0, 2, 0);
        q50[6] = 0x21;
        float[] signed = row(TensorType.Q5_0, 32, q50);
        assertThat(signed[0]).isEqualTo(2f);
        assertThat(signed[16]).isEqualTo(-28f);
        assertThat(signed[17]).isEqualTo(0f);
        byte[] q51 = block(24, 0, 0x40, 0, 0x38, 0, 0, 0, 0x80);
        q51[23] = (byte) 0xF1;
        float[] shifted = row(TensorType.Q5_1, 32, q51);
        assertThat(shifted[15]).isEqualTo(2.5f);
        assertThat(shifted[31]).isEqualTo(62.5f);
    }

    @Test
    void readsEightBits() {
        byte[] q80 = block(34, 0, 0x40, 0x80);
        q80[33] = 127;
        float[] row = row(TensorType.Q8_0, 32, q80);
        assertThat(row[0]).isEqualTo(-256f);
        assertThat(row[31]).isEqualTo(254f);
    }

    @Test
    void readsFourBitSuperBlocks() {
        byte[] block = superBlock(144);
        block[16] = 0x53;
        block[16 + 96] = (byte) 0xA4;
        float[] row = row(TensorType.Q4_K, 256, block);
        assertThat(row[0]).as("scale 2·3, min 0.5·2").isEqualTo(3 * 6f - 1);
        assertThat(row[32]).as("scale 0, min 0").isZero();
        assertThat(row[192]).as("group 6 has neither").isZero();
        assertThat(row[224]).as("scale 2·(5 + 3·16), min 0.5·(7 + 2·16)").isEqualTo(10 * 106f - 19.5f);
    }

    @Test
    void readsFiveBitSuperBlocks() {
        byte[] block = superBlock(176);
        block[16] = (byte) 0x81;
        block[48] = 0x53;
        block[48 + 96] = (byte) 0xA4;
        float[] row = row(TensorType.Q5_K, 256, block);
        assertThat(row[0]).isEqualTo(19 * 6f - 1);
        assertThat(row[224]).isEqualTo(26 * 106f - 19.5f);
        assertThat(row[1]).isEqualTo(-1f);
    }

    @Test
    void readsSixBitSuperBlocks() {
        byte[] block = new byte[210];
        block[209] = 0x40;
        block[0] = 0x5A;
        block[128] = (byte) 0b11_10_01_00;
        block[192] = 3;
        block[192 + 4] = -1;
        block[192 + 6] = 1;
        block[192 + 15] = 2;
        float[] row = row(TensorType.Q6_K, 256, block);
        assertThat(row[0]).isEqualTo(2 * 3 * (10 - 32f));
        assertThat(row[64]).isEqualTo(2 * -1 * (5 + 32 - 32f));
        assertThat(row[96]).isEqualTo(2 * (48 - 32f));
        assertThat(row[255]).isEqualTo(2 * 2 * -32f);
    }

    @Test
    void readsTheRowThatIsAskedFor() {
        GgufTensor tensor = new GgufTensor(
                "t", TensorType.F16, List.of(2L, 2L), MemorySegment.ofArray(bytes(0, 0, 0, 0, 0, 0x40, 0, 0x38)));
        float[] out = new float[2];
        Dequantizer.row(tensor, 1, out);
        assertThat(out).containsExactly(2f, 0.5f);
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> Dequantizer.row(tensor, 2, out));
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> Dequantizer.row(tensor, 0, new float[1]));
    }

    /** Scale 2, least scale 0.5; group 0 has scale 3 and min 2, group 7 has scale 53 and min 39. */
    private static byte[] superBlock(int size) {
        byte[] block = block(size, 0, 0x40, 0, 0x38);
        block[4] = 3;
        block[4 + 3] = (byte) (3 << 6);
        block[4 + 4] = 2;
        block[4 + 7] = (byte) (2 << 6);
        block[4 + 11] = 5 | 7 << 4;
        return block;
    }

    private static float[] row(TensorType type, int length, byte[] block) {
        float[] out = new float[length];
        Dequantizer.row(new GgufTensor("t", type, List.of((long) length), MemorySegment.ofArray(block)), 0, out);
        return out;
    }

    private static byte[] block(int size, int... head) {
        byte[] block = new byte[size];
        System.arraycopy(bytes(head), 0, block, 0, head.length);
        return block;
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }
}
