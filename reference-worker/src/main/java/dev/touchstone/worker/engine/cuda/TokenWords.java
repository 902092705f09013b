package dev.touchstone.worker.engine.cuda;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.OptionalInt;

/**
 * The two words in which the device tells the tokens that it chose: serial number below, token above, each written as one.
 * Choices are numbered from 1 on, wrapping, and use the words by turns.
 */
record TokenWords(MemorySegment words) {

    static final int WORDS = 2;
    static final int BYTES = WORDS * 8;

    private static final VarHandle WORD = ValueLayout.JAVA_LONG.varHandle();

    /** The word that a choice uses. */
    static int of(int serial) {
        return serial & 1;
    }

    /** The token of this choice; empty while it has not been told. */
    OptionalInt token(int serial) {
        long word = (long) WORD.getAcquire(words, 8L * of(serial));
        return (int) word == serial ? OptionalInt.of((int) (word >>> 32)) : OptionalInt.empty();
    }
}
