package dev.touchstone.worker.generate;

/**
 * Philox 4x32-10, the counter-based generator of Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3" (SC 2011).
 * Stateless: a draw is a function of key and counter alone, so nothing can leak from one job to the next.
 */
final class Philox {
    private static final long M0 = 0xD2511F53L;
    private static final long M1 = 0xCD9E8D57L;
    private static final int W0 = 0x9E3779B9;
    private static final int W1 = 0xBB67AE85;
    private static final int ROUNDS = 10;

    private Philox() {}

    /** The four words of a block, for a counter of four words and a key of two. */
    static int[] block(int c0, int c1, int c2, int c3, int k0, int k1) {
        int[] c = {c0, c1, c2, c3};
        int key0 = k0;
        int key1 = k1;
        for (int round = 0; round < ROUNDS; round++) {
            long p0 = M0 * (c[0] & 0xFFFFFFFFL);
            long p1 = M1 * (c[2] & 0xFFFFFFFFL);
            int n0 = (int) (p1 >>> 32) ^ c[1] ^ key0;
            int n2 = (int) (p0 >>> 32) ^ c[3] ^ key1;
            c[0] = n0;
            c[1] = (int) p1;
            c[2] = n2;
            c[3] = (int) p0;
            key0 += W0;
            key1 += W1;
        }
        return c;
    }

    /** A number in [0, 1) with 53 bits: words 0 and 1 of the block keyed by the seed, at counter (position, 0, 0, 0). */
    static double uniform(long seed, int position) {
        int[] b = block(position, 0, 0, 0, (int) seed, (int) (seed >>> 32));
        return ((b[0] >>> 5) * 67108864.0 + (b[1] >>> 6)) * 0x1p-53;
    }
}
