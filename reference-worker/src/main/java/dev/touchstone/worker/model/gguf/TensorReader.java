package dev.touchstone.worker.model.gguf;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads the tensor directory and cuts the data section into tensors, which must lie inside it and not overlap. */
final class TensorReader {
    private static final int MOST_TENSORS = 1 << 20;
    private static final int LONGEST_NAME = 255;
    private static final int MOST_DIMENSIONS = 4;
    private static final int DEFAULT_ALIGNMENT = 32;
    private static final int LARGEST_ALIGNMENT = 1 << 20;

    private final GgufCursor cursor;
    private final MemorySegment bytes;

    TensorReader(GgufCursor cursor, MemorySegment bytes) {
        this.cursor = cursor;
        this.bytes = bytes;
    }

    static int mostTensors() {
        return MOST_TENSORS;
    }

    List<GgufTensor> read(long count, GgufMetadata metadata) throws GgufException {
        long alignment = alignment(metadata);
        List<Entry> entries = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (long i = 0; i < count; i++) {
            Entry entry = entry(i);
            if (!names.add(entry.name())) {
                throw cursor.refuse("%s occurs twice; each name is accepted once.".formatted(entry.what()));
            }
            entries.add(entry);
        }
        long dataStart = (cursor.position() + alignment - 1) / alignment * alignment;
        List<GgufTensor> tensors = new ArrayList<>(entries.size());
        for (Entry entry : entries) {
            tensors.add(cut(entry, dataStart, alignment));
        }
        refuseOverlaps(entries);
        return List.copyOf(tensors);
    }

    private long alignment(GgufMetadata metadata) throws GgufException {
        long alignment = metadata.integer("general.alignment").orElse(DEFAULT_ALIGNMENT);
        if (alignment < 8 || alignment > LARGEST_ALIGNMENT || Long.bitCount(alignment) != 1) {
            throw cursor.refuse("metadata 'general.alignment' is %d; accepted are powers of two from 8 to %d."
                    .formatted(alignment, LARGEST_ALIGNMENT));
        }
        return alignment;
    }

    private Entry entry(long index) throws GgufException {
        String name = cursor.text("the name of tensor " + index, LONGEST_NAME);
        String what = "tensor " + GgufException.quote(name);
        int dimensions = cursor.u32("the dimension count of " + what);
        if (dimensions < 1 || dimensions > MOST_DIMENSIONS) {
            throw cursor.refuse("%s has %s dimensions; accepted are 1 to %d."
                    .formatted(what, Integer.toUnsignedString(dimensions), MOST_DIMENSIONS));
        }
        List<Long> shape = new ArrayList<>(dimensions);
        for (int d = 0; d < dimensions; d++) {
            shape.add(cursor.u64("the shape of " + what));
        }
        int typeId = cursor.u32("the type of " + what);
        TensorType type = TensorType.ofId(typeId)
                .orElseThrow(() -> cursor.refuse("%s has the type %s; supported are %s."
                        .formatted(what, TensorType.describe(typeId), TensorType.supported())));
        long offset = cursor.u64("the offset of " + what);
        return new Entry(name, type, shape, offset, size(what, type, shape));
    }

    /** Bytes of the tensor, refused when a length is not positive, the row breaks a block or the product overflows. */
    private long size(String what, TensorType type, List<Long> shape) throws GgufException {
        long elements = 1;
        for (long length : shape) {
            // Elements below 2^60 keep the byte size, at most four times that, inside a long.
            if (length < 1 || length > (1L << 60) / elements) {
                throw cursor.refuse("%s has the shape %s; accepted are positive lengths whose product is below 2^60."
                        .formatted(what, unsigned(shape)));
            }
            elements *= length;
        }
        if (shape.getFirst() % type.blockSize() != 0) {
            throw cursor.refuse("%s has rows of %d elements; %s accepts multiples of %d."
                    .formatted(what, shape.getFirst(), type, type.blockSize()));
        }
        return elements / type.blockSize() * type.bytesPerBlock();
    }

    private GgufTensor cut(Entry entry, long dataStart, long alignment) throws GgufException {
        if (entry.offset() % alignment != 0) {
            throw cursor.refuse("%s has the offset %s; accepted are multiples of %d."
                    .formatted(entry.what(), Long.toUnsignedString(entry.offset()), alignment));
        }
        long room = bytes.byteSize() - dataStart;
        if (entry.offset() < 0 || entry.offset() > room || entry.size() > room - entry.offset()) {
            throw cursor.refuse("%s needs %d bytes from offset %s of the data section, which has %d bytes."
                    .formatted(entry.what(), entry.size(), Long.toUnsignedString(entry.offset()), Math.max(0, room)));
        }
        MemorySegment data = bytes.asSlice(dataStart + entry.offset(), entry.size());
        return new GgufTensor(entry.name(), entry.type(), entry.shape(), data);
    }

    private void refuseOverlaps(List<Entry> entries) throws GgufException {
        List<Entry> sorted = new ArrayList<>(entries);
        sorted.sort(Comparator.comparingLong(Entry::offset));
        for (int i = 1; i < sorted.size(); i++) {
            Entry before = sorted.get(i - 1);
            Entry after = sorted.get(i);
            if (before.offset() + before.size() > after.offset()) {
                throw cursor.refuse("%s at offset %d overlaps %s; accepted are tensors that lie apart."
                        .formatted(after.what(), after.offset(), before.what()));
            }
        }
    }

    private static List<String> unsigned(List<Long> shape) {
        return shape.stream().map(Long::toUnsignedString).toList();
    }

    private record Entry(String name, TensorType type, List<Long> shape, long offset, long size) {
        String what() {
            return "tensor " + GgufException.quote(name);
        }
    }
}
