package dev.touchstone.features.teeth;

/**
 * What no fault shows, and why.
 *
 * @param subject a phrase such as {@code SE-01: …}, or the id of a field bug
 */
record Unseen(String subject, String why) {

    boolean isBug() {
        return subject.matches("B[0-9]+");
    }
}
