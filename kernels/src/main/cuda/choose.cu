// choose: the word with the highest score becomes the next step's token.
//
//   token = argmax logits[count], ties to the lowest id, NaN below everything;  position + 1;  serial + 1
//
// Shapes (Qwen2.5-0.5B): 151,936 scores, 0.6 MB, still in L2.
// Split: a block looks at 2048 scores (any grid will do) and leaves its best; the block that finishes last looks at
// those. "Higher, or as high with a lower id" is a total order, so no split changes the answer. The host, which polls
// `result`, sees serial and token change together, in one 64-bit store, after everything else.
#include "matrix.cuh"

namespace choice {

constexpr int THREADS = 256;

struct Best {
    float score;
    int id;
};

__device__ __forceinline__ Best better(Best a, Best b) {
    return b.score > a.score || (b.score == a.score && b.id < a.id) ? b : a;
}

// The best of all threads' bests, in thread 0.
__device__ __forceinline__ Best best_of_block(Best best) {
    __shared__ Best bests[THREADS / 32];
#pragma unroll
    for (int w = 16; w > 0; w /= 2) {
        best = better(best,
            {__shfl_xor_sync(0xFFFFFFFFu, best.score, w), __shfl_xor_sync(0xFFFFFFFFu, best.id, w)});
    }
    if (threadIdx.x % 32 == 0) {
        bests[threadIdx.x / 32] = best;
    }
    __syncthreads();
    for (int w = 0; threadIdx.x == 0 && w < THREADS / 32; w++) {
        best = better(best, bests[w]);
    }
    __syncthreads();
    return best;
}

__device__ __forceinline__ void publish(Step* step, Best best, unsigned long long* result) {
    int token = best.id == INT32_MAX ? 0 : best.id; // nothing but NaN
    int serial = step->serial + 1;
    step->token = token;
    step->position = step->position + 1;
    step->serial = serial;
    __threadfence_system();
    *reinterpret_cast<volatile unsigned long long*>(result) =
        static_cast<unsigned long long>(static_cast<uint32_t>(token)) << 32 | static_cast<uint32_t>(serial);
}

} // namespace choice

// logits[count]; partials: 8 bytes for each block of the grid; counters[1], zero before the first launch and after every
// one; result: 8 bytes {serial, token} of mapped host memory.
extern "C" __global__ void __launch_bounds__(choice::THREADS) choose(
    Step* step, const float* logits, int count, float2* partials, int* counters, unsigned long long* result) {
    using namespace choice;
    __shared__ int last;
    launch_dependents();
    wait_for_inputs();
    Best best{-INFINITY, INT32_MAX};
#pragma unroll 8
    for (int i = blockIdx.x * THREADS + threadIdx.x; i < count; i += gridDim.x * THREADS) {
        best = better(best, {__ldcg(logits + i), i});
    }
    best = best_of_block(best);
    if (threadIdx.x == 0) {
        partials[blockIdx.x] = make_float2(best.score, __int_as_float(best.id));
        __threadfence();
        last = atomicAdd(counters, 1) == static_cast<int>(gridDim.x) - 1;
    }
    __syncthreads();
    if (!last) {
        return;
    }
    __threadfence();
    best = {-INFINITY, INT32_MAX};
    for (int i = threadIdx.x; i < static_cast<int>(gridDim.x); i += THREADS) {
        float2 one = __ldcg(partials + i);
        best = better(best, {one.x, __float_as_int(one.y)});
    }
    best = best_of_block(best);
    if (threadIdx.x == 0) {
        *counters = 0;
        publish(step, best, result);
    }
}
