package dev.touchstone.worker.engine.cpu;

import static dev.touchstone.worker.engine.cpu.Lanes.PANEL;

import dev.touchstone.worker.engine.Shape;

/**
 * The forward pass over a few tokens of one sequence. Every member of the team runs {@link #pass}, each on its share of
 * the matrices' panels, tokens or heads; they meet where one needs what another made. Who computes a value never changes
 * it. Engine thread only.
 */
final class Forward {

    /** Tokens that one pass takes at most; the split changes no bit. */
    static final int MOST_TOKENS = 128;

    private final Shape shape;
    private final Weights weights;
    private final Rope rope;
    private final KvPages cache;
    private final Team team;
    private final Team.Task task = this::pass;
    private final Scratch[] scratch;

    private final int width;
    private final int queryStride;
    private final int kvStride;
    private final int innerStride;
    private final float[] stream;
    private final float[] normed;
    private final float[] query;
    private final float[] key;
    private final float[] value;
    private final float[] attended;
    private final float[] delta;
    private final float[] gate;
    private final float[] up;
    private final float[] logits;

    private int[] tokens = new int[0];
    private int tokenAt;
    private int count;
    private int position;
    private float[][] pages = new float[0][];
    private boolean wanted;

    Forward(Shape shape, Weights weights, Rope rope, KvPages cache, Team team) {
        this.shape = shape;
        this.weights = weights;
        this.rope = rope;
        this.cache = cache;
        this.team = team;
        width = Lanes.roundUp(shape.hidden(), PANEL);
        queryStride = Lanes.roundUp(shape.queryWidth(), PANEL);
        kvStride = Lanes.roundUp(shape.kvWidth(), PANEL);
        innerStride = Lanes.roundUp(shape.feedForward(), PANEL);
        stream = new float[MOST_TOKENS * width];
        normed = new float[MOST_TOKENS * width];
        delta = new float[MOST_TOKENS * width];
        query = new float[MOST_TOKENS * queryStride];
        attended = new float[MOST_TOKENS * queryStride];
        key = new float[MOST_TOKENS * kvStride];
        value = new float[MOST_TOKENS * kvStride];
        gate = new float[MOST_TOKENS * innerStride];
        up = new float[MOST_TOKENS * innerStride];
        logits = new float[weights.output().paddedRows()];
        scratch = new Scratch[team.members()];
        int columns = Math.max(shape.hidden(), Math.max(shape.queryWidth(), shape.feedForward()));
        for (int m = 0; m < scratch.length; m++) {
            scratch[m] = new Scratch(columns * PANEL, width, cache.paddedHead());
        }
    }

    /** What one member alone writes. */
    private static final class Scratch {
        private final float[] panel;
        private final float[] normed;
        private final float[] head;
        private float[] scores = new float[0];

        Scratch(int panel, int width, int head) {
            this.panel = new float[panel];
            this.normed = new float[width];
            this.head = new float[head];
        }
    }

    /** Makes room for sequences of up to {@code positions}. */
    void reach(int positions) {
        rope.reach(positions);
        for (Scratch own : scratch) {
            if (own.scores.length < positions) {
                own.scores = new float[Lanes.roundUp(positions, KvPages.PAGE)];
            }
        }
    }

    /**
     * Takes in {@code tokens[from, from + count)} at {@code position}.
     *
     * @param count 1 to {@link #MOST_TOKENS}
     * @param pages reach to the last of these positions
     * @param into receives the last token's logits; empty when none are wanted
     */
    void run(int[] tokens, int from, int count, int position, float[][] pages, float[] into) {
        this.tokens = tokens;
        this.tokenAt = from;
        this.count = count;
        this.position = position;
        this.pages = pages;
        this.wanted = into.length > 0;
        team.run(task);
        System.arraycopy(logits, 0, into, 0, into.length);
    }

    private int share(int parts, int member) {
        return (int) ((long) parts * member / team.active());
    }

    private void pass(int member) {
        Scratch own = scratch[member];
        for (int t = member; t < count; t += team.active()) {
            weights.embedding().row(tokens[tokenAt + t], stream, t * width, own.panel);
        }
        team.meet(member);
        int last = shape.layers() - 1;
        for (int l = 0; l < last; l++) {
            layer(l, member, 0);
        }
        // In the last layer nothing but keys and values is needed of tokens whose logits nobody reads.
        layer(last, member, wanted ? count - 1 : count);
        if (wanted) {
            float[] x = norm(member, weights.outputNorm(), count - 1);
            Matrix output = weights.output();
            int to = share(output.panels(), member + 1);
            output.multiply(share(output.panels(), member), to, x, 0, width, 1, logits, 0, 0, own.panel);
        }
    }

    /** @param first the first token that goes further than to the cache */
    private void layer(int l, int member, int first) {
        Layer layer = weights.layers().get(l);
        project(layer, member, first);
        attention(l, layer, member, first);
        if (first < count) {
            addProduct(layer.attentionOutput(), attended, queryStride, member, first);
            feedForward(layer, member, first);
        }
    }

    /** Normalizes tokens {@code [first, count)}; one alone goes to the member's own buffer, at 0, and needs no meeting. */
    private float[] norm(int member, float[] weight, int first) {
        if (count - first == 1) {
            float[] own = scratch[member].normed;
            normToken(first, weight, own, 0);
            return own;
        }
        for (int t = first + member; t < count; t += team.active()) {
            normToken(t, weight, normed, (t - first) * width);
        }
        team.meet(member);
        return normed;
    }

    private void normToken(int t, float[] weight, float[] out, int at) {
        Elementwise.rmsNorm(stream, t * width, weight, out, at, width, shape.hidden(), shape.epsilon());
    }

    private void project(Layer layer, int member, int first) {
        float[] x = norm(member, layer.attentionNorm(), 0);
        if (first < count) {
            product(
                    layer.query(),
                    member,
                    x,
                    first * width,
                    width,
                    count - first,
                    query,
                    first * queryStride,
                    queryStride);
        }
        product(layer.key(), member, x, 0, width, count, key, 0, kvStride);
        product(layer.value(), member, x, 0, width, count, value, 0, kvStride);
        team.meet(member);
    }

    private void product(
            Matrix matrix,
            int member,
            float[] x,
            int xAt,
            int xStride,
            int many,
            float[] out,
            int outAt,
            int outStride) {
        int from = share(matrix.panels(), member);
        int to = share(matrix.panels(), member + 1);
        matrix.multiply(from, to, x, xAt, xStride, many, out, outAt, outStride, scratch[member].panel);
    }

    private void attention(int l, Layer layer, int member, int first) {
        if (count == 1) {
            int to = share(shape.kvHeads(), member + 1);
            int group = shape.heads() / shape.kvHeads();
            for (int kvHead = share(shape.kvHeads(), member); kvHead < to; kvHead++) {
                prepare(l, layer, 0, kvHead, first == 0);
                for (int head = kvHead * group; head < (kvHead + 1) * group && first == 0; head++) {
                    attend(l, 0, head, scratch[member]);
                }
            }
        } else {
            for (int t = member; t < count; t += team.active()) {
                for (int kvHead = 0; kvHead < shape.kvHeads(); kvHead++) {
                    prepare(l, layer, t, kvHead, t >= first);
                }
            }
            team.meet(member);
            int tasks = count * shape.heads();
            for (int i = first * shape.heads() + member; i < tasks; i += team.active()) {
                attend(l, i / shape.heads(), i % shape.heads(), scratch[member]);
            }
        }
        team.meet(member);
    }

    /** Adds biases, rotates, and puts a KV head's key and value into the cache. */
    private void prepare(int l, Layer layer, int t, int kvHead, boolean queries) {
        int size = shape.headSize();
        int at = t * kvStride + kvHead * size;
        addBias(key, at, layer.keyBias(), kvHead * size, size);
        addBias(value, at, layer.valueBias(), kvHead * size, size);
        rope.rotate(key, at, position + t);
        cache.store(pages[(position + t) / KvPages.PAGE], l, kvHead, position + t, key, at, value, at);
        int group = shape.heads() / shape.kvHeads();
        for (int head = kvHead * group; head < (kvHead + 1) * group && queries; head++) {
            int queryAt = t * queryStride + head * size;
            addBias(query, queryAt, layer.queryBias(), head * size, size);
            rope.rotate(query, queryAt, position + t);
        }
    }

    private static void addBias(float[] to, int at, float[] bias, int biasAt, int length) {
        for (int i = 0; i < length; i++) {
            to[at + i] += bias[biasAt + i];
        }
    }

    private void attend(int l, int t, int head, Scratch own) {
        int size = shape.headSize();
        int kvHead = head / (shape.heads() / shape.kvHeads());
        int seen = position + t + 1;
        int at = t * queryStride + head * size;
        float scale = (float) (1 / Math.sqrt(size));
        Attention.scores(pages, cache.keysAt(l, kvHead), seen, query, at, size, scale, own.scores);
        float inverse = Elementwise.softmax(own.scores, seen);
        Attention.mix(pages, cache.valuesAt(l, kvHead), seen, own.scores, inverse, cache.paddedHead(), own.head);
        System.arraycopy(own.head, 0, attended, at, size);
    }

    /** Adds a matrix's product to the residual stream; each member adds the rows that it computed. */
    private void addProduct(Matrix matrix, float[] x, int xStride, int member, int first) {
        product(matrix, member, x, first * xStride, xStride, count - first, delta, first * width, width);
        int from = share(matrix.panels(), member) * PANEL;
        int to = share(matrix.panels(), member + 1) * PANEL;
        for (int t = first; t < count; t++) {
            Elementwise.add(stream, t * width + from, delta, t * width + from, to - from);
        }
        team.meet(member);
    }

    private void feedForward(Layer layer, int member, int first) {
        float[] x = norm(member, layer.feedForwardNorm(), first);
        int many = count - first;
        product(layer.gate(), member, x, 0, width, many, gate, first * innerStride, innerStride);
        product(layer.up(), member, x, 0, width, many, up, first * innerStride, innerStride);
        int from = share(layer.gate().panels(), member) * PANEL;
        int to = share(layer.gate().panels(), member + 1) * PANEL;
        for (int t = first; t < count; t++) {
            Elementwise.gatedSilu(gate, up, t * innerStride + from, to - from);
        }
        team.meet(member);
        addProduct(layer.down(), gate, innerStride, member, first);
    }
}
