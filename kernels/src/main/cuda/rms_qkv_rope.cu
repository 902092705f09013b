// rms_qkv_rope: from the residual stream to rotated queries and to keys and values in the cache, for one token.
//
//   n = rmsnorm(x) * norm;  q = Wq n + bq, k = Wk n + bk, v = Wv n + bv;  q and k rotated by the position's angles
//
// Shapes (Qwen2.5-0.5B): x[896], Wq 896 x 896, Wk and Wv 128 x 896; 2.06 MB of F16 a layer.
// Bytes: every weight once; x and norm (7 KB) once a block, from L2.
// Split: a warp takes a pair of rows that rotate together, (i, i + ropeSize/2) or (2i, 2i + 1) of a head, so the
// rotation needs nobody else; 4 pairs a block make 144 blocks for 132 multiprocessors. The first pair's weights are in
// registers before the wait. Norm, bias, rotation and the way into the cache cost no launch and no trip through memory.
#include "stage.cuh"

namespace qkv {

constexpr int THREADS = 128;
constexpr int WARPS = THREADS / 32;

struct Layout {
    int queryRows;
    int kvRows;
    int headSize;
    int ropeSize; // dimensions that rotate, from the head's first; even
    int halfSplit;

    __device__ __forceinline__ int pairs() const { return queryRows / 2 + kvRows; }
};

enum Part { QUERY, KEY, VALUE };

struct Pair {
    Part part;
    int first;  // rows of the part's matrix
    int second;
    int angle; // index in the position's row of the rope table; -1: not rotated
};

// Pairs in order: queries head by head, keys, values; of a head first those that rotate.
__device__ __forceinline__ Pair locate(const Layout& layout, int pair) {
    Pair p;
    int row = pair * 2;
    p.part = row < layout.queryRows ? QUERY : row < layout.queryRows + layout.kvRows ? KEY : VALUE;
    row -= p.part == QUERY ? 0 : p.part == KEY ? layout.queryRows : layout.queryRows + layout.kvRows;
    int head = row / layout.headSize;
    int i = (row - head * layout.headSize) / 2;
    bool rotated = p.part != VALUE && i < layout.ropeSize / 2;
    bool split = rotated && layout.halfSplit != 0;
    p.angle = rotated ? i : -1;
    p.first = head * layout.headSize + (split ? i : 2 * i);
    p.second = p.first + (split ? layout.ropeSize / 2 : 1);
    return p;
}

__device__ __forceinline__ const Matrix& matrix_of(Part part, const Matrix& q, const Matrix& k, const Matrix& v) {
    return part == QUERY ? q : part == KEY ? k : v;
}

__device__ __forceinline__ void store_kv(const Step& step, int kvType, size_t element, float value) {
    if (kvType == KV_F16) {
        reinterpret_cast<__half*>(step.kv)[element] = __float2half_rn(value);
    } else {
        reinterpret_cast<float*>(step.kv)[element] = value;
    }
}

template <int TYPE>
__device__ __forceinline__ void run(const Step* step, const float* x, const float* norm, float epsilon, const Matrix& q,
    const Matrix& k, const Matrix& v, const float* biasQ, const float* biasK, const float* biasV, const float2* rope,
    int ropeSize, int halfSplit, int headSize, int layer, int kvHeads, int kvType, float* queries) {
    extern __shared__ float4 xs[];
    __shared__ float warp_sums[WARPS];
    launch_dependents();
    int lane = threadIdx.x % 32;
    Layout layout{q.rows, k.rows, headSize, ropeSize, halfSplit};
    int pairs = layout.pairs();
    int stride = gridDim.x * WARPS;
    int pair = blockIdx.x * WARPS + threadIdx.x / 32;
    Pair own = locate(layout, pair < pairs ? pair : 0);
    Tile<TYPE, 2> tile;
    {
        const Matrix& m = matrix_of(own.part, q, k, v);
        tile.load({m, m}, {own.first, own.second}, lane, 32);
    }
    prefetch_span(norm, static_cast<size_t>(q.cols) * 4, threadIdx.x, THREADS);

    wait_for_inputs();
    Step now;
    now.position = __ldcg(&step->position);
    now.capacity = __ldcg(&step->capacity);
    now.kv = reinterpret_cast<uint8_t*>(__ldcg(reinterpret_cast<const unsigned long long*>(&step->kv)));
    const float2* angles = rope + static_cast<size_t>(now.position) * (ropeSize / 2);
    float2 turn = own.angle >= 0 ? __ldg(angles + own.angle) : make_float2(1.0f, 0.0f);
    float inverse = stage_normed<THREADS>(xs, warp_sums, x, norm, q.cols, epsilon);

    while (pair < pairs) {
        const Matrix& m = matrix_of(own.part, q, k, v);
        float sums[2];
        lane_dots(tile, {m, m}, {own.first, own.second}, xs, lane, 32, sums);
        fold<2, 32>(sums, lane);
        float a = inverse * sums[0];
        float b = __shfl_sync(0xFFFFFFFFu, a, 16);
        const float* bias = own.part == QUERY ? biasQ : own.part == KEY ? biasK : biasV;
        if (bias != nullptr) {
            a += __ldg(bias + own.first);
            b += __ldg(bias + own.second);
        }
        float turnedA = own.angle >= 0 ? a * turn.x - b * turn.y : a;
        float turnedB = own.angle >= 0 ? a * turn.y + b * turn.x : b;
        if (lane == 0 && own.part == QUERY) {
            queries[own.first] = turnedA;
            queries[own.second] = turnedB;
        } else if (lane == 0) {
            int head = own.first / headSize;
            size_t plane = (static_cast<size_t>(layer) * 2 + (own.part == VALUE ? 1 : 0)) * kvHeads + head;
            size_t at = (plane * now.capacity + now.position) * headSize;
            store_kv(now, kvType, at + own.first - head * headSize, turnedA);
            store_kv(now, kvType, at + own.second - head * headSize, turnedB);
        }
        pair += stride;
        if (pair < pairs) {
            own = locate(layout, pair);
            turn = own.angle >= 0 ? __ldg(angles + own.angle) : make_float2(1.0f, 0.0f);
            const Matrix& next = matrix_of(own.part, q, k, v);
            tile.load({next, next}, {own.first, own.second}, lane, 32);
        }
    }
}

} // namespace qkv

// step; x[H], norm[H]; q[heads*headSize x H], k and v [kvHeads*headSize x H]; biases float32, null for none;
// rope: (cos, sin) [context][ropeSize/2]; queries[heads*headSize] float32. Shared memory: quads_for(H) * 16 bytes.
#define DEFINE(suffix, type)                                                                                           \
    extern "C" __global__ void __launch_bounds__(qkv::THREADS) rms_qkv_rope_##suffix(const Step* step, const float* x, \
        const float* norm, float epsilon, const __grid_constant__ Matrix q, const __grid_constant__ Matrix k,          \
        const __grid_constant__ Matrix v, const float* biasQ, const float* biasK, const float* biasV,                  \
        const float2* rope, int ropeSize, int halfSplit, int headSize, int layer, int kvHeads, int kvType,             \
        float* queries) {                                                                                              \
        qkv::run<type>(step, x, norm, epsilon, q, k, v, biasQ, biasK, biasV, rope, ropeSize, halfSplit, headSize,      \
            layer, kvHeads, kvType, queries);                                                                          \
    }
FOR_EACH_TYPE(DEFINE)
DEFINE(mixed, TYPE_MIXED)
#undef DEFINE
