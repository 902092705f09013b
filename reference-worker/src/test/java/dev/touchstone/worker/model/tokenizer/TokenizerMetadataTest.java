package dev.touchstone.worker.model.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.touchstone.worker.model.gguf.GgufBytes;
import dev.touchstone.worker.model.gguf.GgufException;
import dev.touchstone.worker.model.gguf.GgufFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens: 0 {@code <s>} (control), 1 a, 2 b, 3 ab, 4 {@code <tool>} (user-defined). */
class TokenizerMetadataTest {
    private static final List<String> TOKENS = List.of("<s>", "a", "b", "ab", "<tool>");

    @TempDir
    private Path folder;

    @Test
    void putsABeginTokenWhereAsked() throws IOException {
        assertThat(load("gpt2", "gpt-2", "a b", 0, true).encodePrompt("aab")).containsExactly(0, 1, 3);
        assertThat(load("gpt2", "gpt-2", "a b", 0, false).encodePrompt("aab")).containsExactly(1, 3);
    }

    @Test
    void readsUserDefinedTokensAlwaysAndControlTokensWhenAsked() throws IOException {
        Tokenizer tokenizer = load("gpt2", "gpt-2", "a b", 0, false);
        assertThat(tokenizer.encode("a<s>b<tool>", true)).containsExactly(1, 0, 2, 4);
        assertThat(tokenizer.encode("b<tool>", false)).containsExactly(2, 4);
        assertThat(new String(tokenizer.bytes(4), UTF_8)).isEqualTo("<tool>");
        assertThat(tokenizer.bytes(0)).isEmpty();
    }

    @Test
    void readsNoControlTokenInGuardedText() throws IOException {
        Tokenizer tokenizer = load("gpt2", "gpt-2", "a b", 0, false);
        String guarded = tokenizer.guard("a<s><s>b<tool>");
        assertThat(guarded).isEqualTo("a<\uFDD0s><\uFDD0s>b<tool>");
        assertThat(tokenizer.guard("ab< s>")).isEqualTo("ab< s>");
        assertThat(tokenizer.encodeChat("<s>" + guarded)).startsWith(0, 1).endsWith(2, 4);
        assertThat(IntStream.of(tokenizer.encodeChat("<s>" + guarded)).filter(id -> id == 0))
                .hasSize(1);
        assertThat(tokenizer.encodeChat("a\uFDD0b")).containsExactly(3);
    }

    @Test
    void beginsAChatWithOneBeginToken() throws IOException {
        Tokenizer tokenizer = load("gpt2", "gpt-2", "a b", 0, true);
        assertThat(tokenizer.encodeChat("ab")).containsExactly(0, 3);
        assertThat(tokenizer.encodeChat("<s>ab")).containsExactly(0, 3);
        assertThat(load("gpt2", "gpt-2", "a b", 0, false).encodeChat("ab")).containsExactly(3);
    }

    @Test
    void namesWhatIsSupported() {
        refused("gpt2", "deepseek", "a b", 0, "'deepseek'; supported are gpt-2, llama-bpe, qwen2, smollm.");
        refused("llama", "gpt-2", "a b", 0, "'llama'; supported is gpt2");
        refused("gpt2", "gpt-2", "a x", 0, "Merge 0 is 'a x'");
        refused("gpt2", "gpt-2", "ab", 0, "Merge 0 is 'ab'");
        refused("gpt2", "gpt-2", "a b", 5, "bos_token_id' is 5; accepted are 0 to 4.");
    }

    private void refused(String model, String pre, String merge, int bos, String fragment) {
        assertThatExceptionOfType(GgufException.class)
                .isThrownBy(() -> load(model, pre, merge, bos, true))
                .withMessageContaining(fragment);
    }

    private Tokenizer load(String model, String pre, String merge, int bos, boolean addBos) throws IOException {
        GgufBytes bytes = GgufBytes.head(0, 7)
                .text("tokenizer.ggml.model", model)
                .text("tokenizer.ggml.pre", pre)
                .key("tokenizer.ggml.bos_token_id", 4)
                .u32(bos)
                .key("tokenizer.ggml.add_bos_token", 7)
                .raw(new byte[] {(byte) (addBos ? 1 : 0)})
                .key("tokenizer.ggml.merges", 9)
                .u32(8)
                .u64(1)
                .string(merge)
                .key("tokenizer.ggml.tokens", 9)
                .u32(8)
                .u64(TOKENS.size());
        TOKENS.forEach(bytes::string);
        bytes.key("tokenizer.ggml.token_type", 9)
                .u32(5)
                .u64(5)
                .u32(3)
                .u32(1)
                .u32(1)
                .u32(1)
                .u32(4)
                .raw(new byte[32]);
        try (GgufFile file = GgufFile.open(Files.write(folder.resolve("m.gguf"), bytes.toArray()))) {
            return GgufTokenizer.from(file.metadata());
        }
    }
}
