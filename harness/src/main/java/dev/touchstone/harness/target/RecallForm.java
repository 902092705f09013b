package dev.touchstone.harness.target;

/** A raw prompt after which a model that can says a fact from the head of the prompt. */
public enum RecallForm {
    /** The sentence begins once more: a pattern that every fair model completes. */
    BEGUN {
        @Override
        public String prompt(String name, String word, String between) {
            return "The password of " + name + " is " + word + ".\n" + between + "\nThe password of " + name + " is";
        }
    },
    /** A question in ChatML, for models that were tuned on it. */
    CHATML {
        @Override
        public String prompt(String name, String word, String between) {
            return "<|im_start|>user\nThe password of " + name + " is " + word + ".\n" + between
                    + "\nWhat is the password of " + name + "?<|im_end|>\n<|im_start|>assistant\n";
        }
    };

    /** @param between what stands between the fact and the question */
    public abstract String prompt(String name, String word, String between);
}
