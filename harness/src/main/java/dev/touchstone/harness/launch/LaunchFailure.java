package dev.touchstone.harness.launch;

/** Says in one sentence why a worker could not be started or did not become healthy. */
public final class LaunchFailure extends Exception {

    private static final long serialVersionUID = 1;

    LaunchFailure(String sentence) {
        super(sentence);
    }
}
