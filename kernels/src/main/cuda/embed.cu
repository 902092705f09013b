// A token's row of the embedding table, dequantized: x = table[token].
//
//   embed_row   x [H]          the token of `step` (first kernel of the decode graph)
//   embed_rows  x [count][H]   tokens [count]
//
// Moves one stored row (1 to 4 B an element) in and 4 B an element out, at most a few MB: any split would do. A thread
// makes 8 neighbours (see element.cuh); the grid is x = ceil(cols / 2048), y = tokens. A token without a row gives NaN:
// the host checks ids, and a mistake there must show.
#include "element.cuh"

static __device__ __forceinline__ void embed_eight(const Matrix& table, int token, int col, float* x) {
    if (col >= table.cols) {
        return;
    }
    float v[8];
    if (token >= 0 && token < table.rows) {
        eight(table, token, col, v);
    } else {
        for (float& e : v) {
            e = __uint_as_float(0x7fffffff);
        }
    }
    reinterpret_cast<float4*>(x + col)[0] = make_float4(v[0], v[1], v[2], v[3]);
    reinterpret_cast<float4*>(x + col)[1] = make_float4(v[4], v[5], v[6], v[7]);
}

extern "C" __global__ void __launch_bounds__(256) embed_row(
    const Step* step, // its token is read
    Matrix table,     // [vocabulary][H]
    float* x)         // [H]
{
    launch_dependents();
    wait_for_inputs();
    int token = __ldcg(&step->token);
    embed_eight(table, token, (blockIdx.x * 256 + threadIdx.x) * 8, x);
}

extern "C" __global__ void __launch_bounds__(256) embed_rows(
    const int* tokens, // [count]
    Matrix table,      // [vocabulary][H]
    float* x,          // [count][H]
    int count)         // tokens
{
    int t = blockIdx.y;
    if (t >= count) {
        return;
    }
    embed_eight(table, tokens[t], (blockIdx.x * 256 + threadIdx.x) * 8, x + static_cast<size_t>(t) * table.cols);
}
