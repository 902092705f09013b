package dev.touchstone.harness.target;

/** A raw prompt after which a model that can copies a text of one line. */
public enum EchoForm {
    /** A plain order to copy. */
    COPY {
        @Override
        public String prompt(String line) {
            return "Text: " + line + "\nCopy:";
        }
    },
    /** The order, after it was carried out a few times. */
    SHOWN {
        @Override
        public String prompt(String line) {
            return shown("The sun is warm.") + shown("7 red apples (and 3 pears)") + shown("café 🙂 ok") + "Text: "
                    + line + "\nCopy:";
        }

        private static String shown(String example) {
            return "Text: " + example + "\nCopy: " + example + "\n\n";
        }
    },
    /** The line as each point of a list: a pattern that every fair model continues. */
    LISTED {
        @Override
        public String prompt(String line) {
            var points = new StringBuilder();
            for (int n = 1; n <= 5; n++) {
                points.append(n).append(". ").append(line).append('\n');
            }
            return points.append("6.").toString();
        }
    },
    /** The line three times. */
    REPEATED {
        @Override
        public String prompt(String line) {
            return (line + "\n").repeat(3);
        }
    },
    /** A plain order in ChatML, for models that were tuned on it. */
    CHATML {
        @Override
        public String prompt(String line) {
            return "<|im_start|>user\nRepeat exactly: " + line + "<|im_end|>\n<|im_start|>assistant\n";
        }
    };

    /** @param line without line ends */
    public abstract String prompt(String line);
}
