package dev.touchstone.harness.target;

/** A raw prompt after which a model that can copies a text of one line. */
public enum EchoForm {
    /** The line three times: a pattern that every fair model continues. */
    REPEATED {
        @Override
        public String prompt(String line) {
            return (line + "\n").repeat(3);
        }
    },
    /** A plain order to copy. */
    COPY {
        @Override
        public String prompt(String line) {
            return "Text: " + line + "\nCopy:";
        }
    },
    /** The same in ChatML, for models that were tuned on it. */
    CHATML {
        @Override
        public String prompt(String line) {
            return "<|im_start|>user\nRepeat exactly: " + line + "<|im_end|>\n<|im_start|>assistant\n";
        }
    };

    /** @param line without line ends */
    public abstract String prompt(String line);
}
