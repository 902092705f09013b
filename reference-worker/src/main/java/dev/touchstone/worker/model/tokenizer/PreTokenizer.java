package dev.touchstone.worker.model.tokenizer;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** The supported values of {@code tokenizer.ggml.pre}. The patterns are those that the models were trained with. */
enum PreTokenizer {
    /** {@code 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+}. */
    GPT_2("gpt-2", PreTokenizer::gpt2, false),

    /** As {@link #QWEN2} with {@code \p{N}{1,3}}; a piece that is a token is not merged; begins with a BOS. */
    LLAMA_BPE("llama-bpe", (text, from, end) -> modern(text, from, end, 3), true),

    /**
     * {@code (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}|
     * ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+}.
     */
    QWEN2("qwen2", (text, from, end) -> modern(text, from, end, 1), false),

    /** Every number by itself, then {@link #GPT_2} on what lies between. */
    SMOLLM("smollm", PreTokenizer::smollm, false);

    private final String label;
    private final Splitter splitter;
    private final boolean llama3;

    PreTokenizer(String label, Splitter splitter, boolean llama3) {
        this.label = label;
        this.splitter = splitter;
        this.llama3 = llama3;
    }

    static Optional<PreTokenizer> named(String label) {
        return Arrays.stream(values()).filter(pre -> pre.label.equals(label)).findFirst();
    }

    static String supported() {
        return Arrays.stream(values()).map(pre -> pre.label).collect(Collectors.joining(", "));
    }

    Splitter splitter() {
        return splitter;
    }

    /** Whether a piece that is itself a token is taken as that token, without merging. */
    boolean wholePiecesFirst() {
        return llama3;
    }

    /** Whether a prompt begins with a BOS where the metadata does not say. */
    boolean beginsWithBos() {
        return llama3;
    }

    private static int gpt2(int[] text, int from, int end) {
        int stop = SplitterRules.contraction(text, from, end, false);
        stop = stop > from ? stop : SplitterRules.spaced(text, from, end, Splitter::letter);
        stop = stop > from ? stop : SplitterRules.spaced(text, from, end, Splitter::number);
        stop = stop > from ? stop : SplitterRules.spaced(text, from, end, Splitter::symbol);
        return stop > from ? stop : SplitterRules.whitespace(text, from, end);
    }

    private static int smollm(int[] text, int from, int end) {
        if (Splitter.number(text[from])) {
            return from + 1;
        }
        // A run is seen up to the next number only. Every rule but the whitespace rule ends there anyhow, so the search
        // for it is needed only after whitespace, and the time stays linear.
        int stop = gpt2(text, from, end);
        if (!Splitter.space(text[from])) {
            return stop;
        }
        int spaces = SplitterRules.run(text, from, end, Splitter::space);
        return spaces < end && Splitter.number(text[spaces]) ? spaces : stop;
    }

    private static int modern(int[] text, int from, int end, int mostDigits) {
        int stop = SplitterRules.contraction(text, from, end, true);
        stop = stop > from ? stop : word(text, from, end);
        stop = stop > from ? stop : SplitterRules.run(text, from, Math.min(end, from + mostDigits), Splitter::number);
        stop = stop > from ? stop : symbols(text, from, end);
        stop = stop > from ? stop : lines(text, from, end);
        return stop > from ? stop : SplitterRules.whitespace(text, from, end);
    }

    /** {@code [^\r\n\p{L}\p{N}]?\p{L}+}. */
    private static int word(int[] text, int from, int end) {
        int c = text[from];
        int start = Splitter.letter(c) || Splitter.number(c) || Splitter.newline(c) ? from : from + 1;
        int stop = SplitterRules.run(text, start, end, Splitter::letter);
        return stop > start ? stop : from;
    }

    /** {@code " ?[^\s\p{L}\p{N}]+[\r\n]*"}. */
    private static int symbols(int[] text, int from, int end) {
        int stop = SplitterRules.spaced(text, from, end, Splitter::symbol);
        return stop > from ? SplitterRules.run(text, stop, end, Splitter::newline) : from;
    }

    /** {@code \s*[\r\n]+}: whitespace up to its last line end. */
    private static int lines(int[] text, int from, int end) {
        int stop = SplitterRules.run(text, from, end, Splitter::space);
        while (stop > from && !Splitter.newline(text[stop - 1])) {
            stop--;
        }
        return stop;
    }
}
