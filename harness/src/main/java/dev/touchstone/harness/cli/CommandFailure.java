package dev.touchstone.harness.cli;

/** Ends a command with exit status 2; its message is one sentence for the person at the terminal. */
public final class CommandFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    public CommandFailure(String sentence) {
        super(sentence);
    }
}
