package dev.touchstone.worker.engine.cpu;

import static dev.touchstone.worker.engine.cpu.Lanes.PANEL;
import static dev.touchstone.worker.engine.cpu.Lanes.SLACK;

import dev.touchstone.worker.engine.ModelLoadException;
import dev.touchstone.worker.model.gguf.GgufTensor;
import dev.touchstone.worker.model.gguf.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Copies tensors out of the mapped file into the layouts that the kernels read. */
final class MatrixPacker {

    private static final int INFINITE_HALF = 0x7C00;

    private MatrixPacker() {}

    /** Packs a tensor of two dimensions. */
    static Matrix pack(GgufTensor tensor) throws ModelLoadException {
        long cells = Lanes.roundUp(Math.toIntExact(tensor.rows()), PANEL) * tensor.rowLength();
        if (cells > Integer.MAX_VALUE - 64) {
            throw new ModelLoadException("Tensor %s has %d weights; the CPU engine takes at most 2^31 in one tensor."
                    .formatted(tensor.name(), tensor.elements()));
        }
        return switch (tensor.type()) {
            case F32, BF16 -> floats(tensor);
            case F16 -> halves(tensor);
            case Q4_0, Q4_1, Q4_K, Q5_0, Q5_1, Q5_K, Q8_0, Q6_K -> quantized(tensor);
        };
    }

    /** Reads a tensor of one dimension, filled up with zeros to {@code length}. */
    static float[] vector(GgufTensor tensor, int length) {
        float[] values = new float[length];
        Row row = new Row(tensor);
        ByteBuffer bytes = row.read(0);
        for (int k = 0; k < tensor.rowLength(); k++) {
            values[k] = real(tensor.type(), bytes, k);
        }
        return values;
    }

    private static float real(TensorType type, ByteBuffer bytes, int index) {
        return switch (type) {
            case F32 -> bytes.getFloat(4 * index);
            case F16 -> Float.float16ToFloat(bytes.getShort(2 * index));
            default -> Float.intBitsToFloat(bytes.getShort(2 * index) << 16);
        };
    }

    private static Matrix floats(GgufTensor tensor) {
        int columns = (int) tensor.rowLength();
        int rows = (int) tensor.rows();
        float[] cells = new float[Lanes.roundUp(rows, PANEL) * columns];
        Row row = new Row(tensor);
        for (int r = 0; r < rows; r++) {
            ByteBuffer bytes = row.read(r);
            int at = start(r, columns);
            for (int k = 0; k < columns; k++) {
                cells[at + k * PANEL] = real(tensor.type(), bytes, k);
            }
        }
        return new FloatMatrix(rows, columns, cells);
    }

    private static Matrix halves(GgufTensor tensor) throws ModelLoadException {
        int columns = (int) tensor.rowLength();
        int rows = (int) tensor.rows();
        short[] cells = new short[Lanes.roundUp(rows, PANEL) * columns + SLACK];
        Row row = new Row(tensor);
        for (int r = 0; r < rows; r++) {
            ByteBuffer bytes = row.read(r);
            int at = start(r, columns);
            for (int k = 0; k < columns; k++) {
                short half = bytes.getShort(2 * k);
                if ((half & INFINITE_HALF) == INFINITE_HALF) {
                    throw new ModelLoadException("Tensor %s holds a weight in row %d that is not a finite number."
                            .formatted(tensor.name(), r));
                }
                cells[at + k * PANEL] = half;
            }
        }
        return new HalfMatrix(rows, columns, cells);
    }

    private static Matrix quantized(GgufTensor tensor) {
        int columns = (int) tensor.rowLength();
        int rows = (int) tensor.rows();
        int padded = Lanes.roundUp(rows, PANEL);
        int group = BlockCodes.group(tensor.type());
        boolean nibbles = isNibbles(tensor.type());
        byte[] codes = new byte[(nibbles ? padded * (columns / 2) : padded * columns) + SLACK];
        float[] scales = new float[padded * (columns / group)];
        float[] offsets = hasOffsets(tensor.type()) ? new float[scales.length] : new float[0];
        BlockCodes blocks = BlockCodes.ofColumns(columns);
        Row row = new Row(tensor);
        for (int r = 0; r < rows; r++) {
            blocks.read(tensor.type(), row.read(r));
            if (nibbles) {
                spreadPairs(blocks.codes(), codes, start(r, columns / 2));
            } else {
                spread(blocks.codes(), codes, start(r, columns));
            }
            for (int g = 0; g < columns / group; g++) {
                int at = start(r, columns / group) + g * PANEL;
                scales[at] = blocks.scales()[g];
                if (offsets.length > 0) {
                    offsets[at] = blocks.offsets()[g];
                }
            }
        }
        if (nibbles) {
            return new NibbleMatrix(rows, columns, codes, scales, offsets);
        }
        return offsets.length > 0
                ? new OffsetByteMatrix(rows, columns, group, codes, scales, offsets)
                : new ByteMatrix(rows, columns, group, codes, scales);
    }

    private static boolean isNibbles(TensorType type) {
        return type == TensorType.Q4_0 || type == TensorType.Q4_1 || type == TensorType.Q4_K;
    }

    private static boolean hasOffsets(TensorType type) {
        return type != TensorType.Q8_0 && type != TensorType.Q6_K;
    }

    /** Where row r's first cell lies, if a panel has {@code width} cells for each of its rows. */
    private static int start(int r, int width) {
        return r / PANEL * PANEL * width + r % PANEL;
    }

    private static void spread(byte[] codes, byte[] into, int at) {
        for (int k = 0; k < codes.length; k++) {
            into[at + k * PANEL] = codes[k];
        }
    }

    private static void spreadPairs(byte[] codes, byte[] into, int at) {
        for (int k = 0; k < codes.length; k += 2) {
            into[at + k / 2 * PANEL] = (byte) (codes[k] | codes[k + 1] << 4);
        }
    }

    /** The bytes of one row after another. */
    private record Row(GgufTensor tensor, byte[] bytes) {

        Row(GgufTensor tensor) {
            this(tensor, new byte[Math.toIntExact(tensor.rowBytes())]);
        }

        ByteBuffer read(int row) {
            MemorySegment.copy(tensor.data(), ValueLayout.JAVA_BYTE, row * tensor.rowBytes(), bytes, 0, bytes.length);
            return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        }
    }
}
