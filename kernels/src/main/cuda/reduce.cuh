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

// Sums N values over the lanes that differ in the bits HIGH, HIGH/2 ... LOW of their number, with few shuffles: lanes
// swap halves of their values until each holds one sum (or N / lanes of them). Afterwards v[i] of a lane is the sum of
// value fold_index<N, HIGH, LOW>(lane) + i.
template <int N, int HIGH, int LOW, int ROOM>
__device__ __forceinline__ void fold(float (&v)[ROOM], int lane) {
    if constexpr (HIGH >= LOW) {
        constexpr int HALF = N / 2;
        bool upper = (lane & HIGH) != 0;
        if constexpr (N == 1) {
            v[0] += __shfl_xor_sync(0xFFFFFFFFu, v[0], HIGH);
        }
#pragma unroll
        for (int i = 0; i < HALF; i++) {
            float give = upper ? v[i] : v[i + HALF];
            float keep = upper ? v[i + HALF] : v[i];
            v[i] = keep + __shfl_xor_sync(0xFFFFFFFFu, give, HIGH);
        }
        fold<N == 1 ? 1 : HALF, HIGH / 2, LOW>(v, lane);
    }
}

template <int N, int HIGH, int LOW>
__device__ __forceinline__ int fold_index(int lane) {
    int index = 0;
    int n = N;
#pragma unroll
    for (int w = HIGH; w >= LOW && n > 1; w /= 2) {
        n /= 2;
        index += (lane & w) != 0 ? n : 0;
    }
    return index;
}

// The same over a whole warp.
template <int N>
__device__ __forceinline__ void fold(float (&v)[N], int lane) {
    fold<N, 16, 1>(v, lane);
}

template <int N>
__device__ __forceinline__ int fold_index(int lane) {
    return fold_index<N, 16, 1>(lane);
}
