// Rotary embedding of a chunk's queries (in place) and keys, and the keys' and values' way into the cache.
//
//   q [count][heads * headSize]   rotated in place, float32
//   k [count][kvHeads * headSize] rotated, then stored at kv[layer][0][kvHead][base + t]
//   v [count][kvHeads * headSize] stored at kv[layer][1][kvHead][base + t]
//
// Pairs are (i, i + ropeSize/2) in half-split models, else (2i, 2i + 1); dimensions from ropeSize up stay as they are.
// Moves 8 B a query element, 4 in and 2 or 4 out for keys and values: pure bandwidth, a few MB a layer. One block a token;
// a thread takes a pair of dimensions of one head after the other, and in the head's unrotated rest a pair of neighbours.
#include "matrix.cuh"

static __device__ __forceinline__ void store_kv(void* kv, size_t at, float v, int kvType) {
    if (kvType == KV_F32) {
        static_cast<float*>(kv)[at] = v;
    } else {
        static_cast<__half*>(kv)[at] = __float2half_rn(v);
    }
}

extern "C" __global__ void __launch_bounds__(256) rope_store(
    float* q,           // [count][ldQ]
    const float* k,     // [count][ldK]
    const float* v,     // [count][ldV]
    int ldQ,            // elements from a token's queries to the next one's
    int ldK,            // likewise, keys
    int ldV,            // likewise, values
    const float2* rope, // [context][ropeSize / 2] (cos, sin)
    int ropeSize,       // dimensions of a head that are rotated; even, at most headSize
    int halfSplit,      // 1: pairs (i, i + ropeSize/2); 0: (2i, 2i + 1)
    int heads,          // query heads
    int kvHeads,        // key and value heads
    int headSize,       // dimensions of a head, even
    int layer,          // of the cache
    void* kv,           // [layer][K, V][kvHead][capacity][headSize]
    int capacity,       // positions
    int kvType,         // KV_F16, KV_F32
    int base,           // the first token's position
    int count)          // tokens
{
    int t = blockIdx.x;
    int position = base + t;
    if (t >= count || position >= capacity) {
        return;
    }
    int pairs = headSize / 2;
    int turned = ropeSize / 2;
    const float2* angles = rope + static_cast<size_t>(position) * turned;
    for (int i = threadIdx.x; i < (heads + 2 * kvHeads) * pairs; i += 256) {
        int head = i / pairs;
        int pair = i % pairs;
        bool is_query = head < heads;
        bool is_value = head >= heads + kvHeads;
        int local = is_query ? head : (head - heads) % kvHeads;
        bool turn = pair < turned && !is_value;
        int first = turn && halfSplit ? pair : 2 * pair;
        int second = turn && halfSplit ? pair + turned : 2 * pair + 1;
        const float* from = is_query ? q + static_cast<size_t>(t) * ldQ
            : is_value              ? v + static_cast<size_t>(t) * ldV
                                    : k + static_cast<size_t>(t) * ldK;
        float a = from[local * headSize + first];
        float b = from[local * headSize + second];
        if (turn) {
            float2 angle = angles[pair];
            float turned_a = a * angle.x - b * angle.y;
            b = a * angle.y + b * angle.x;
            a = turned_a;
        }
        if (is_query) {
            float* to = q + static_cast<size_t>(t) * ldQ + local * headSize;
            to[first] = a;
            to[second] = b;
        } else {
            size_t plane = (static_cast<size_t>(layer) * 2 + is_value) * kvHeads + local;
            size_t to = (plane * capacity + position) * headSize;
            store_kv(kv, to + first, a, kvType);
            store_kv(kv, to + second, b, kvType);
        }
    }
}
