// Times a whole prefill of Qwen2.5-0.5B's shape (24 layers, hidden 896, 14 heads and 2 KV heads of 64, feed-forward 4864)
// by CUDA events over plain stream launches: as a whole, by kind of kernel, and every GEMM with every tile.
//
//   prefill_bench [tiles]
//
// Weights F16, or "Q4_K": Q4_K where the columns are a multiple of 256 (down), else Q5_0, as llama.cpp's Q4_K_M files of
// this model have it; dequantized anew before each GEMM. Weights and activations are random; every layer has its own.
#include "gguf_reference.h"
#include "launch_prefill.h"

#include <algorithm>

using check::Buffer;
using std::vector;

constexpr int LAYERS = 24;
constexpr int HIDDEN = 896;
constexpr int HEADS = 14;
constexpr int KV_HEADS = 2;
constexpr int HEAD = 64;
constexpr int INNER = 4864;
constexpr int QKV = (HEADS + 2 * KV_HEADS) * HEAD;
constexpr int MOST = 2048;

__global__ void fill_halves(__half* to, size_t n, float size, uint32_t seed) {
    for (size_t i = blockIdx.x * size_t{256} + threadIdx.x; i < n; i += gridDim.x * size_t{256}) {
        uint32_t h = (static_cast<uint32_t>(i) + seed) * 2654435761u;
        h = (h ^ h >> 15) * 2246822519u;
        h ^= h >> 13;
        to[i] = __float2half_rn((static_cast<int>(h & 0xffff) - 0x8000) / 32768.0f * size);
    }
}

// Small, finite scales at the start of every superblock of Q4_K.
__global__ void fill_superblocks(uint8_t* to, size_t n) {
    for (size_t i = blockIdx.x * size_t{256} + threadIdx.x; i < n; i += gridDim.x * size_t{256}) {
        reinterpret_cast<__half2*>(to + i * 144)[0] = __floats2half2_rn(1e-4f, 1e-3f);
    }
}

struct Weight {
    int rows;
    int cols;
    Buffer quants;
    Buffer highs;
    Buffer scales;
    Matrix matrix;
};

static Weight make_weight(int rows, int cols, bool quantized, uint32_t seed) {
    size_t n = static_cast<size_t>(rows) * cols;
    int type = !quantized ? TYPE_F16 : cols % 256 == 0 ? TYPE_Q4_K : TYPE_Q5_0;
    size_t bytes = type == TYPE_F16 ? n * 2 : type == TYPE_Q4_K ? n / 256 * 144 : n / 2;
    Weight w{rows, cols, Buffer(bytes), Buffer(n / 8), Buffer(n / 16), {}};
    fill_halves<<<1056, 256>>>(w.quants.at<__half>(), bytes / 2, type == TYPE_F16 ? 0.05f : 1000.0f, seed);
    fill_halves<<<1056, 256>>>(w.highs.at<__half>(), n / 16, 1000.0f, seed + 1);
    fill_halves<<<1056, 256>>>(w.scales.at<__half>(), n / 32, 0.002f, seed + 2);
    if (type == TYPE_Q4_K) {
        fill_superblocks<<<1056, 256>>>(w.quants.at<uint8_t>(), n / 256);
    }
    w.matrix = {w.quants.at<uint8_t>(), w.highs.at<uint8_t>(), w.scales.at<uint8_t>(), type, rows, cols, 0};
    return w;
}

struct Layer {
    Weight qkv;
    Weight output;
    Weight gate;
    Weight up;
    Weight down;
};

enum Kind { SPLITS, DEQUANTIZE, GEMM_QKV, GEMM_OUTPUT, GEMM_GATE_UP, GEMM_DOWN, ROPE, ATTEND, KINDS };
constexpr const char* KIND_NAMES[] = {"splits", "dequantize", "qkv", "output", "gate+up", "down", "rope", "attend"};

// Which tile is quickest: the smallest while it makes few blocks, then the middle one, and for matrices beyond L2 the largest.
// Never changes a result.
static int tile_for(int count, int rows, int cols) {
    if (launch::ceil_div(count, 16) * launch::ceil_div(rows, 16) <= 500) {
        return 16;
    }
    return count >= 1024 && static_cast<size_t>(rows) * cols >= size_t{16} << 20 ? 128 : 64;
}

struct Bench {
    vector<Layer> layers;
    Buffer x{size_t{MOST} * HIDDEN * 4};
    Buffer norm{HIDDEN * 4};
    Buffer bias{QKV * 4};
    Buffer hi{size_t{MOST} * INNER * 2};
    Buffer lo{size_t{MOST} * INNER * 2};
    Buffer scale{MOST * 4};
    Buffer qkv{size_t{MOST} * QKV * 4};
    Buffer attended{size_t{MOST} * HIDDEN * 4};
    Buffer gate{size_t{MOST} * INNER * 4};
    Buffer up{size_t{MOST} * INNER * 4};
    Buffer rope{size_t{MOST} * HEAD / 2 * 8};
    Buffer kv{size_t{LAYERS} * 2 * KV_HEADS * MOST * HEAD * 2};
    Buffer weight_hi{size_t{HIDDEN} * INNER * 2};
    Buffer weight_lo{size_t{HIDDEN} * INNER * 2};

    explicit Bench(bool quantized) {
        check::Random random(3);
        for (int l = 0; l < LAYERS; l++) {
            auto make = [&](int rows, int cols, int seed) { return make_weight(rows, cols, quantized, 100 * l + seed); };
            layers.push_back({make(QKV, HIDDEN, 0), make(HIDDEN, HIDDEN, 10), make(INNER, HIDDEN, 20),
                              make(INNER, HIDDEN, 30), make(HIDDEN, INNER, 40)});
        }
        x.set(random.values(size_t{MOST} * HIDDEN));
        norm.set(random.values(HIDDEN));
        bias.set(random.values(QKV));
        rope.set(random.values(size_t{MOST} * HEAD));
        gate.set(random.values(size_t{MOST} * INNER));
        up.set(random.values(size_t{MOST} * INNER));
        qkv.set(random.values(size_t{MOST} * QKV));
        attended.set(random.values(size_t{MOST} * HIDDEN));
        check::finished("filling");
        run(MOST, ~0u);
        check::finished("a first prefill");
    }

    void project(const Weight& w, unsigned kinds, Kind kind, int count, const float* b, float* out, int ld, int add) {
        bool stored = w.matrix.type == TYPE_F16;
        if (!stored && (kinds >> DEQUANTIZE & 1)) {
            dequantize<<<launch::ANY_GRID, 256>>>(w.matrix, weight_hi.at<__half>(), weight_lo.at<__half>());
        }
        if (kinds >> kind & 1) {
            gemm(w, count, tile_for(count, w.rows, w.cols), b, out, ld, add);
        }
    }

    void gemm(const Weight& w, int count, int tile, const float* b, float* out, int ld, int add) {
        bool stored = w.matrix.type == TYPE_F16;
        launch::gemm(tile, {hi.at<__half>(), lo.at<__half>(), scale.at<float>(), count,
                            stored ? w.quants.at<__half>() : weight_hi.at<__half>(), stored ? nullptr : weight_lo.at<__half>(),
                            w.rows, w.cols, b, out, ld, add});
    }

    // One prefill of `count` tokens from position 0; bit k of `kinds`: with the kernels of kind k.
    void run(int count, unsigned kinds) {
        auto with = [&](Kind kind) { return (kinds >> kind & 1) != 0; };
        auto* h = hi.at<__half>();
        auto* l = lo.at<__half>();
        auto* s = scale.at<float>();
        for (int i = 0; i < LAYERS; i++) {
            const Layer& layer = layers[i];
            launch::Attention a{HEADS, KV_HEADS, HEAD, i, MOST, KV_F16, 0, count};
            if (with(SPLITS)) {
                rms_split<<<count, 256>>>(x.at<float>(), norm.at<float>(), 1e-6f, HIDDEN, h, l, s);
            }
            project(layer.qkv, kinds, GEMM_QKV, count, bias.at<float>(), qkv.at<float>(), QKV, 0);
            float* q = qkv.at<float>();
            if (with(ROPE)) {
                launch::rope(a, q, q + HEADS * HEAD, q + (HEADS + KV_HEADS) * HEAD, QKV, QKV, QKV, rope.at<float2>(), HEAD, 1,
                             kv.at());
            }
            if (with(ATTEND)) {
                launch::attend(a, q, QKV, kv.at(), attended.at<float>());
            }
            if (with(SPLITS)) {
                split_rows<<<count, 256>>>(attended.at<float>(), HIDDEN, h, l, s);
            }
            project(layer.output, kinds, GEMM_OUTPUT, count, nullptr, x.at<float>(), HIDDEN, 1);
            if (with(SPLITS)) {
                rms_split<<<count, 256>>>(x.at<float>(), norm.at<float>(), 1e-6f, HIDDEN, h, l, s);
            }
            project(layer.gate, kinds, GEMM_GATE_UP, count, nullptr, gate.at<float>(), INNER, 0);
            project(layer.up, kinds, GEMM_GATE_UP, count, nullptr, up.at<float>(), INNER, 0);
            if (with(SPLITS)) {
                silu_split<<<count, 256>>>(gate.at<float>(), up.at<float>(), INNER, h, l, s);
            }
            project(layer.down, kinds, GEMM_DOWN, count, nullptr, x.at<float>(), HIDDEN, 1);
        }
    }
};

// Median of several, in ms.
template <typename Work>
static float time_of(Work work) {
    cudaEvent_t from;
    cudaEvent_t to;
    check::cuda(cudaEventCreate(&from), "cudaEventCreate");
    check::cuda(cudaEventCreate(&to), "cudaEventCreate");
    vector<float> times;
    for (int i = 0; i < 9; i++) {
        check::cuda(cudaEventRecord(from), "cudaEventRecord");
        work();
        check::cuda(cudaEventRecord(to), "cudaEventRecord");
        check::finished("timed work");
        float ms;
        check::cuda(cudaEventElapsedTime(&ms, from, to), "cudaEventElapsedTime");
        if (i > 1) {
            times.push_back(ms);
        }
    }
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
}

static void whole(Bench& bench, const char* weights) {
    double per_token = 2.0 * LAYERS * (static_cast<double>(QKV) * HIDDEN + HIDDEN * HIDDEN + 3.0 * INNER * HIDDEN);
    for (int count : {10, 128, 512, 2048}) {
        float ms = time_of([&] { bench.run(count, ~0u); });
        std::printf("%-5s %4d tokens %8.3f ms %9.0f tok/s %6.1f TFLOP/s |", weights, count, ms, count / ms * 1e3,
                    per_token * count / ms / 1e9);
        for (int kind = 0; kind < KINDS; kind++) {
            std::printf(" %s %.3f", KIND_NAMES[kind], time_of([&] { bench.run(count, 1u << kind); }));
        }
        std::printf("\n");
    }
}

// Microseconds of each GEMM with each tile, a mean over all layers.
static void tiles(Bench& bench, const char* weights) {
    for (int count : {10, 32, 64, 128, 256, 512, 1024, 2048}) {
        std::printf("%-5s %4d tokens, us with tiles 16/64/128:", weights, count);
        for (auto which : {&Layer::qkv, &Layer::output, &Layer::gate, &Layer::down}) {
            const Weight& first = bench.layers[0].*which;
            std::printf("  %dx%d", first.rows, first.cols);
            for (int tile : {16, 64, 128}) {
                float ms = time_of([&] {
                    for (const Layer& layer : bench.layers) {
                        bench.gemm(layer.*which, count, tile, nullptr, bench.up.at<float>(), first.rows, 0);
                    }
                });
                std::printf("%s%.1f", tile == 16 ? " " : "/", ms * 1e3 / LAYERS);
            }
        }
        std::printf("\n");
    }
}

int main(int arguments, char**) {
    cudaDeviceProp device;
    check::cuda(cudaGetDeviceProperties(&device, 0), "cudaGetDeviceProperties");
    std::printf("%s\n", device.name);
    launch::allow_shared();
    for (bool quantized : {false, true}) {
        Bench bench(quantized);
        const char* weights = quantized ? "Q4_K" : "F16";
        whole(bench, weights);
        if (arguments > 1) {
            tiles(bench, weights);
        }
    }
    return 0;
}
