// Sums over the lanes of a warp, always in the same order.
#pragma once

// The sum over a warp's 32 lanes, in every lane.
__device__ __forceinline__ float sum_over_warp(float v) {
#pragma unroll
    for (int w = 16; w > 0; w /= 2) {
        v += __shfl_xor_sync(0xFFFFFFFFu, v, w);
    }
    return v;
}

// Sums N values over groups of LANES neighbouring lanes with few shuffles: lanes swap halves of their values until each
// holds one sum (or N / LANES of them). Afterwards v[i] of a lane is the sum of value fold_index<N, LANES>(lane) + i.
template <int N, int LANES>
__device__ __forceinline__ void fold(float (&v)[N], int lane) {
    int n = N;
#pragma unroll
    for (int w = LANES / 2; w > 0; w /= 2) {
        if (n == 1) {
            v[0] += __shfl_xor_sync(0xFFFFFFFFu, v[0], w);
            continue;
        }
        n /= 2;
        bool upper = (lane & w) != 0;
#pragma unroll
        for (int i = 0; i < n; i++) {
            float give = upper ? v[i] : v[i + n];
            float keep = upper ? v[i + n] : v[i];
            v[i] = keep + __shfl_xor_sync(0xFFFFFFFFu, give, w);
        }
    }
}

template <int N, int LANES>
__device__ __forceinline__ int fold_index(int lane) {
    int index = 0;
    int n = N;
#pragma unroll
    for (int w = LANES / 2; w > 0 && n > 1; w /= 2) {
        n /= 2;
        index += (lane & w) != 0 ? n : 0;
    }
    return index;
}
