package dev.touchstone.harness.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ModelFilesTest {

    @ParameterizedTest
    @EnumSource(
            value = ModelFiles.Flaw.class,
            names = {"CUT_IN_ITS_HEADER", "CUT_IN_ITS_TENSORS", "UNKNOWN_ARCHITECTURE", "UNKNOWN_TENSOR_TYPE"})
    void beginLikeAModelFileOfVersion3(ModelFiles.Flaw flaw) throws Exception {
        try (ModelFiles files = ModelFiles.create()) {
            ByteBuffer head =
                    ByteBuffer.wrap(Files.readAllBytes(files.file(flaw))).order(ByteOrder.LITTLE_ENDIAN);
            assertThat(head.getInt()).isEqualTo(0x46554747);
            assertThat(head.getInt()).isEqualTo(3);
            assertThat(head.getLong()).as("tensors").isEqualTo(12);
            assertThat(head.getLong()).as("metadata").isEqualTo(19);
        }
    }

    @Test
    void haveTheFlawThatTheyAreNamedAfter() throws Exception {
        try (ModelFiles files = ModelFiles.create()) {
            assertThat(files.file(ModelFiles.Flaw.MISSING)).doesNotExist();
            assertThat(files.file(ModelFiles.Flaw.NOT_GGUF)).content().startsWith("This is a text");
            String unknown =
                    Files.readString(files.file(ModelFiles.Flaw.UNKNOWN_ARCHITECTURE), StandardCharsets.ISO_8859_1);
            assertThat(unknown).contains(ModelFiles.Flaw.UNKNOWN_ARCHITECTURE.inner());
            assertThat(Files.size(files.file(ModelFiles.Flaw.CUT_IN_ITS_TENSORS)))
                    .isLessThan(Files.size(files.file(ModelFiles.Flaw.UNKNOWN_TENSOR_TYPE)));
            assertThat(ModelFiles.Flaw.CUT_IN_ITS_HEADER.words()).isEqualTo("cut in its header");
        }
    }

    @Test
    void leaveNothingBehind() throws Exception {
        Path file;
        try (ModelFiles files = ModelFiles.create()) {
            file = files.file(ModelFiles.Flaw.NOT_GGUF);
            assertThat(file).exists();
        }
        assertThat(file.getParent()).doesNotExist();
    }

    @Test
    void holdAModelLargerThanAnyGpuInAHole() throws Exception {
        long wanted = 200L << 30;
        try (ModelFiles files = ModelFiles.create()) {
            ModelFiles.Huge huge = files.huge(wanted);
            assertThat(huge.tensorBytes()).isGreaterThan(wanted);
            assertThat(Files.size(huge.path())).isGreaterThan(huge.tensorBytes());
        }
    }
}
