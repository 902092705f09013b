package dev.touchstone.harness.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Takes bytes from a socket no faster than a {@link ReadingPace}. Confined to the reading thread. */
final class PacedInputStream extends InputStream {
    /** Single bytes are handed on together, so that the record of them stays small. */
    private static final int HANDED_ON = 512;

    private final InputStream socket;
    private final ReadingPace pace;
    private final CountDownLatch hungUp;
    private long taken;
    private int pauses;

    /** @param hungUp opened when nobody wants the answer any more, which ends a pause */
    PacedInputStream(InputStream socket, ReadingPace pace, CountDownLatch hungUp) {
        this.socket = socket;
        this.pace = pace;
        this.hungUp = hungUp;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int most = Math.min(length, HANDED_ON);
        int read = take(target, offset, most);
        while (read > 0 && read < most && socket.available() > 0) {
            read += Math.max(0, take(target, offset + read, most - read));
        }
        return read;
    }

    private int take(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        pauseWhereDue();
        int read = socket.read(target, offset, Math.min(length, pace.bytesPerRead()));
        if (read > 0) {
            taken += read;
            SocketReads.CURRENT.get().delivered(target, offset, read);
        }
        return read;
    }

    private void pauseWhereDue() throws IOException {
        if (pauses >= pace.pauses() || taken < (long) (pauses + 1) * pace.bytesBetween()) {
            return;
        }
        pauses++;
        try {
            if (hungUp.await(pace.pause().toNanos(), TimeUnit.NANOSECONDS)) {
                throw new InterruptedIOException("the client hung up");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the reader was interrupted");
        }
    }
}
