// Times the decoding of one token of a model with the shape of Qwen2.5-0.5B (random weights) as one CUDA graph with
// programmatic dependent launch, as the engine runs it; then graphs of one kernel kind, and each weight type's matrix
// product on a matrix far larger than L2.
//
//   decode_bench CATALOGUE [F16 | Q8_0 | Q4_0]      one model instead of all and of the table of types
#include "weights.h"

#include "../../main/cuda/attend.cu"
#include "../../main/cuda/attend_cluster.cu"
#include "../../main/cuda/choose.cu"
#include "../../main/cuda/matvec_add.cu"
#include "../../main/cuda/rms_gate_up.cu"
#include "../../main/cuda/rms_logits.cu"
#include "../../main/cuda/rms_qkv_rope.cu"

#include <algorithm>
#include <chrono>
#include <functional>

using check::Buffer;
using check::Catalogue;

namespace {

constexpr int LAYERS = 24;
constexpr int HIDDEN = 896;
constexpr int HEADS = 14;
constexpr int KV_HEADS = 2;
constexpr int HEAD_SIZE = 64;
constexpr int INNER = 4864;
constexpr int VOCABULARY = 151936;
constexpr int CAPACITY = 4352;
constexpr int GRAPH_POSITIONS = 4096;
constexpr float EPSILON = 1e-6f;

// The engine's embed_row is another file's; this stands for it, with a table of float32.
__global__ void embed_stand_in(const Step* step, const float* table, float* x) {
    launch_dependents();
    wait_for_inputs();
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < HIDDEN) {
        x[i] = table[static_cast<size_t>(__ldcg(&step->token) % 512) * HIDDEN + i];
    }
}

__device__ uint32_t hash(uint64_t i) {
    i = (i ^ (i >> 30)) * 0xBF58476D1CE4E5B9u;
    return static_cast<uint32_t>((i ^ (i >> 27)) * 0x94D049BB133111EBu >> 32);
}

// Random words; kind 1: halves within +-0.06; 2: floats; 3: superblocks of `words` words whose first is two halves.
__global__ void fill(uint32_t* to, size_t count, uint64_t seed, int kind, int words) {
    for (size_t i = blockIdx.x * static_cast<size_t>(blockDim.x) + threadIdx.x; i < count;
         i += static_cast<size_t>(gridDim.x) * blockDim.x) {
        uint32_t h = hash(i + seed);
        bool halves = kind == 1 || (kind == 3 && i % words == 0);
        if (halves) {
            h = (h & 0x83FF83FFu) | 0x28002800u;
        } else if (kind == 2) {
            h = (h & 0x807FFFFFu) | 0x3D000000u;
        }
        to[i] = h;
    }
}

struct DeviceMatrix {
    Matrix m{};
    size_t bytes = 0;

    DeviceMatrix(WeightType type, int rows, int cols, uint64_t seed) {
        size_t elements = static_cast<size_t>(rows) * cols;
        size_t blocks = elements / 32;
        m.type = type;
        m.rows = rows;
        m.cols = cols;
        switch (type) {
            case TYPE_F32: m.quants = plane(elements * 4, seed, 2, 0); break;
            case TYPE_F16: m.quants = plane(elements * 2, seed, 1, 0); break;
            case TYPE_BF16: m.quants = plane(elements * 2, seed, 1, 0); break;
            case TYPE_Q4_K: m.quants = plane(elements / 256 * 144, seed, 3, 36); break;
            case TYPE_Q5_K: m.quants = plane(elements / 256 * 176, seed, 3, 44); break;
            case TYPE_Q6_K:
                m.quants = plane(elements / 256 * 208, seed, 0, 0);
                m.scales = plane(elements / 256 * 2, seed + 1, 1, 0);
                break;
            default: {
                bool min = type == TYPE_Q4_1 || type == TYPE_Q5_1;
                m.quants = plane(type == TYPE_Q8_0 ? elements : elements / 2, seed, 0, 0);
                m.scales = plane(blocks * (min ? 4 : 2), seed + 1, 1, 0);
                if (type == TYPE_Q5_0 || type == TYPE_Q5_1) {
                    m.highs = plane(blocks * 4, seed + 2, 0, 0);
                }
            }
        }
    }

private:
    const uint8_t* plane(size_t size, uint64_t seed, int kind, int words) {
        uint32_t* to;
        check::cuda(cudaMalloc(&to, size + 256), "cudaMalloc");
        fill<<<2048, 256>>>(to, (size + 256) / 4, seed << 34, kind, words);
        bytes += size;
        return reinterpret_cast<const uint8_t*>(to);
    }
};

float* floats(size_t count, uint64_t seed) {
    float* to;
    check::cuda(cudaMalloc(&to, count * 4), "cudaMalloc");
    fill<<<512, 256>>>(reinterpret_cast<uint32_t*>(to), count, seed << 34, 2, 0);
    return to;
}

template <typename T>
T* zeros(size_t count) {
    T* to;
    check::cuda(cudaMalloc(&to, count * sizeof(T)), "cudaMalloc");
    check::cuda(cudaMemset(to, 0, count * sizeof(T)), "cudaMemset");
    return to;
}

template <typename... Parameters, typename... Arguments>
void launch(cudaStream_t stream, void (*kernel)(Parameters...), dim3 grid, int block, size_t shared,
    Arguments... arguments) {
    cudaLaunchAttribute attribute{};
    attribute.id = cudaLaunchAttributeProgrammaticStreamSerialization;
    attribute.val.programmaticStreamSerializationAllowed = 1;
    cudaLaunchConfig_t config{};
    config.gridDim = grid;
    config.blockDim = block;
    config.dynamicSmemBytes = shared;
    config.stream = stream;
    config.attrs = &attribute;
    config.numAttrs = 1;
    check::cuda(cudaLaunchKernelEx(&config, kernel, static_cast<Parameters>(arguments)...), "launch");
}

struct Kernels {
    WeightType type;
    decltype(&matvec_add_f32) matvecAdd;
    decltype(&rms_gate_up_f32) gateUp;
    decltype(&rms_logits_f32) logits;
    decltype(&rms_qkv_rope_f32) qkv;
};

#define ROW(suffix, type) {type, matvec_add_##suffix, rms_gate_up_##suffix, rms_logits_##suffix, rms_qkv_rope_##suffix},
const Kernels KERNELS[] = {FOR_EACH_TYPE(ROW)};
#undef ROW

const Kernels& kernels_of(int type) {
    return *std::find_if(std::begin(KERNELS), std::end(KERNELS), [&](const Kernels& k) { return k.type == type; });
}

struct Types {
    const char* name;
    WeightType q, v, o, gate, down, output;
};

struct Layer {
    DeviceMatrix q, k, v, o, gate, up, down;
    float *normA, *normF, *biasQ, *biasK, *biasV;

    Layer(const Types& t, int l)
        : q(t.q, HIDDEN, HIDDEN, l * 50 + 1), k(t.q, KV_HEADS * HEAD_SIZE, HIDDEN, l * 50 + 5),
          v(t.v, KV_HEADS * HEAD_SIZE, HIDDEN, l * 50 + 9), o(t.o, HIDDEN, HIDDEN, l * 50 + 13),
          gate(t.gate, INNER, HIDDEN, l * 50 + 17), up(t.gate, INNER, HIDDEN, l * 50 + 21),
          down(t.down, HIDDEN, INNER, l * 50 + 25), normA(floats(HIDDEN, l * 50 + 29)),
          normF(floats(HIDDEN, l * 50 + 30)), biasQ(floats(HIDDEN, l * 50 + 31)), biasK(floats(128, l * 50 + 32)),
          biasV(floats(128, l * 50 + 33)) {}
    size_t bytes() const {
        return q.bytes + k.bytes + v.bytes + o.bytes + gate.bytes + up.bytes + down.bytes;
    }
};

class Model {
public:
    Model(const Catalogue& catalogue, const Types& types)
        : catalogue(catalogue), output(types.output, VOCABULARY, HIDDEN, 5000), norm(floats(HIDDEN, 5010)),
          table(floats(512 * HIDDEN, 5011)), x(zeros<float>(HIDDEN)), queries(zeros<float>(HIDDEN)),
          attended(zeros<float>(HIDDEN)), h(zeros<float>(INNER)), logits(zeros<float>(VOCABULARY)),
          partials(zeros<float>(HEADS * (CAPACITY / 32) * (HEAD_SIZE + 2))), counters(zeros<int>(64)),
          rope(reinterpret_cast<float2*>(floats(static_cast<size_t>(CAPACITY) * HEAD_SIZE, 5012))),
          step(zeros<Step>(1)) {
        size_t kvBytes = static_cast<size_t>(LAYERS) * 2 * KV_HEADS * CAPACITY * HEAD_SIZE * 2;
        check::cuda(cudaMalloc(&kv, kvBytes), "cudaMalloc");
        fill<<<512, 256>>>(reinterpret_cast<uint32_t*>(kv), kvBytes / 4, 77, 1, 0);
        check::cuda(cudaHostAlloc(&result, 8, cudaHostAllocMapped), "cudaHostAlloc");
        for (int l = 0; l < LAYERS; l++) {
            layers.emplace_back(types, l);
        }
        check::finished("fill");
    }
    size_t bytes() const {
        size_t sum = output.bytes;
        for (const Layer& l : layers) {
            sum += l.bytes();
        }
        return sum;
    }
    void start(int position) {
        Step s{3, position, CAPACITY, 0, kv, 0};
        check::cuda(cudaMemcpy(step, &s, sizeof s, cudaMemcpyHostToDevice), "cudaMemcpy");
        check::cuda(cudaDeviceSynchronize(), "cudaMemcpy");
        *result = 0;
    }
    void embed(cudaStream_t s) { launch(s, embed_stand_in, 4, 256, 0, step, table, x); }
    void qkv(cudaStream_t s, int l) {
        const Layer& a = layers[l];
        bool same = a.q.m.type == a.v.m.type;
        launch(s, same ? kernels_of(a.q.m.type).qkv : rms_qkv_rope_mixed,
            catalogue.grid("rms_qkv_rope", "x", "rows", HIDDEN + 2 * KV_HEADS * HEAD_SIZE),
            catalogue.block("rms_qkv_rope"), catalogue.shared("rms_qkv_rope", HIDDEN), step, x, a.normA, EPSILON,
            a.q.m, a.k.m, a.v.m, a.biasQ, a.biasK, a.biasV, rope, HEAD_SIZE, 1, HEAD_SIZE, l, KV_HEADS, KV_F16,
            queries);
    }
    void attention(cudaStream_t s, int l) {
        if (clusters) {
            launch(s, attend_cluster_64_f16, dim3(KV_HEADS, attending::CLUSTER), catalogue.block("attend_cluster_64"), 0,
                step, queries, attended, l, HEADS, KV_HEADS);
        } else {
            launch(s, attend, dim3(KV_HEADS, catalogue.grid("attend", "y", "positions", GRAPH_POSITIONS)),
                catalogue.block("attend"), 0, step, queries, attended, partials, counters, l, HEADS, KV_HEADS,
                HEAD_SIZE, KV_F16);
        }
    }
    void add(cudaStream_t s, const DeviceMatrix& w, const float* in) {
        launch(s, kernels_of(w.m.type).matvecAdd, catalogue.grid("matvec_add", "x", "rows", w.m.rows),
            catalogue.block("matvec_add"), catalogue.shared("matvec_add", w.m.cols), w.m, in, x);
    }
    void o(cudaStream_t s, int l) { add(s, layers[l].o, attended); }
    void down(cudaStream_t s, int l) { add(s, layers[l].down, h); }
    void gateUp(cudaStream_t s, int l) {
        const Layer& a = layers[l];
        launch(s, kernels_of(a.gate.m.type).gateUp, catalogue.grid("rms_gate_up", "x", "rows", 2 * INNER),
            catalogue.block("rms_gate_up"), catalogue.shared("rms_gate_up", HIDDEN), x, a.normF, EPSILON, a.gate.m,
            a.up.m, h);
    }
    void score(cudaStream_t s) {
        launch(s, kernels_of(output.m.type).logits, catalogue.grid("rms_logits", "x", "rows", VOCABULARY),
            catalogue.block("rms_logits"), catalogue.shared("rms_logits", HIDDEN), x, norm, EPSILON, output.m, logits);
    }
    void pick(cudaStream_t s) {
        launch(s, choose, catalogue.grid("choose", "x", "count", VOCABULARY), catalogue.block("choose"), 0, step,
            logits, VOCABULARY, reinterpret_cast<float2*>(partials), counters + 32, result);
    }
    void token(cudaStream_t s) {
        embed(s);
        for (int l = 0; l < LAYERS; l++) {
            qkv(s, l);
            attention(s, l);
            o(s, l);
            gateUp(s, l);
            down(s, l);
        }
        score(s);
        pick(s);
    }
    int serial() const { return static_cast<int>(*static_cast<volatile unsigned long long*>(result) & 0xFFFFFFFFu); }

    std::vector<Layer> layers;
    const Catalogue& catalogue;
    DeviceMatrix output;
    bool clusters = true; // attention by attend_cluster, not attend

private:
    float *norm, *table, *x, *queries, *attended, *h, *logits, *partials;
    int* counters;
    float2* rope;
    Step* step;
    uint8_t* kv = nullptr;
    unsigned long long* result = nullptr;
};

cudaGraphExec_t capture(cudaStream_t stream, const std::function<void()>& launches) {
    cudaGraph_t graph;
    cudaGraphExec_t exec;
    check::cuda(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal), "capture");
    launches();
    check::cuda(cudaStreamEndCapture(stream, &graph), "capture");
    check::cuda(cudaGraphInstantiate(&exec, graph, 0), "instantiate");
    check::cuda(cudaGraphDestroy(graph), "destroy");
    return exec;
}

// Microseconds of one launch of the graph, when `count` run one after another: the median of 7 turns.
double microseconds(cudaStream_t stream, cudaGraphExec_t graph, int count, const std::function<void()>& before) {
    cudaEvent_t from;
    cudaEvent_t to;
    cudaEventCreate(&from);
    cudaEventCreate(&to);
    std::vector<double> turns;
    for (int turn = 0; turn < 8; turn++) {
        before();
        cudaEventRecord(from, stream);
        for (int i = 0; i < count; i++) {
            check::cuda(cudaGraphLaunch(graph, stream), "graph");
        }
        cudaEventRecord(to, stream);
        check::cuda(cudaStreamSynchronize(stream), "graph");
        float ms;
        cudaEventElapsedTime(&ms, from, to);
        turns.push_back(ms * 1000 / count);
    }
    turns.erase(turns.begin());
    std::nth_element(turns.begin(), turns.begin() + 3, turns.end());
    return turns[3];
}

// Bytes a second of a device-to-device copy, read and written.
double copy_bandwidth(cudaStream_t stream) {
    size_t bytes = size_t{2} << 30;
    uint8_t* from = zeros<uint8_t>(bytes);
    uint8_t* to = zeros<uint8_t>(bytes);
    cudaGraphExec_t graph =
        capture(stream, [&] { cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToDevice, stream); });
    double us = microseconds(stream, graph, 3, [] {});
    cudaFree(from);
    cudaFree(to);
    return 2.0 * bytes / us * 1e6;
}

// Microseconds of whole tokens.
void token(Model& model, cudaStream_t stream, double bandwidth) {
    size_t bytes = model.bytes();
    cudaGraphExec_t graph = capture(stream, [&] { model.token(stream); });
    std::printf("  attention by %s\n", model.clusters ? "attend_cluster" : "attend");
    for (int position : {10, 250, 900, 2000, 4000}) {
        if (model.clusters && position > 1000) {
            continue;
        }
        size_t kv = static_cast<size_t>(LAYERS) * 2 * KV_HEADS * (position + 20) * HEAD_SIZE * 2;
        double us = microseconds(stream, graph, 40, [&] { model.start(position); });
        model.start(position);
        auto from = std::chrono::steady_clock::now();
        for (int i = 1; i <= 40; i++) {
            check::cuda(cudaGraphLaunch(graph, stream), "graph");
            while (model.serial() != i) {
            }
        }
        double polled = std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - from).count() / 40;
        check::finished("polling");
        std::printf("  position %4d: %6.1f us a token, %5.0f tokens/s, %4.1f %% of copy bandwidth; polled by the host "
                    "%6.1f us\n",
            position, us, 1e6 / us, 100 * (bytes + kv) / bandwidth / us * 1e6, polled);
    }
}

// Microseconds of one kernel kind.
void kinds(Model& model, cudaStream_t stream, double bandwidth) {
    struct Kind {
        const char* name;
        std::function<void(int)> launch;
        size_t bytes;
        int repeats;
    };
    const Layer& a = model.layers[0];
    const Kind kinds[] = {
        {"rms_qkv_rope", [&](int i) { model.qkv(stream, i % LAYERS); }, a.q.bytes + a.k.bytes + a.v.bytes, 240},
        {"attend", [&](int i) { model.attention(stream, i % LAYERS); }, 0, 240},
        {"attend_cluster", [&](int i) { model.attention(stream, i % LAYERS); }, 0, 240},
        {"matvec_add (o)", [&](int i) { model.o(stream, i % LAYERS); }, a.o.bytes, 240},
        {"rms_gate_up", [&](int i) { model.gateUp(stream, i % LAYERS); }, a.gate.bytes + a.up.bytes, 240},
        {"matvec_add (down)", [&](int i) { model.down(stream, i % LAYERS); }, a.down.bytes, 240},
        {"rms_logits", [&](int) { model.score(stream); }, model.output.bytes, 10},
        {"next to nothing", [&](int) { model.embed(stream); }, size_t{HIDDEN} * 4, 240},
        {"choose", [&](int) { model.pick(stream); }, size_t{VOCABULARY} * 4, 100},
    };
    for (const Kind& kind : kinds) {
        model.clusters = kind.name == std::string("attend_cluster");
        cudaGraphExec_t one = capture(stream, [&] {
            for (int i = 0; i < kind.repeats; i++) {
                kind.launch(i);
            }
        });
        for (int position : {10, 250, 900, 1000, 2000, 4000}) {
            if ((position != 1000 && kind.bytes != 0) || (position > 900 && model.clusters)) {
                continue;
            }
            double us = microseconds(stream, one, 3, [&] { model.start(position); }) / kind.repeats;
            std::printf("  %-18s position %4d: %6.2f us, %5.1f %% of copy bandwidth%s\n", kind.name, position, us,
                100 * kind.bytes / bandwidth / us * 1e6,
                kind.bytes * LAYERS < (size_t{60} << 20) ? " (all layers' fit in L2)" : "");
        }
    }
}

void token(const Catalogue& catalogue, const Types& types, cudaStream_t stream, double bandwidth) {
    Model model(catalogue, types);
    size_t bytes = model.bytes();
    std::printf("%s: %.1f MB of weights a token, %.0f us at copy bandwidth\n", types.name, bytes / 1e6,
        bytes / bandwidth * 1e6);
    for (bool clusters : {false, true}) {
        model.clusters = clusters;
        token(model, stream, bandwidth);
    }
    kinds(model, stream, bandwidth);
}

// Each type on a matrix of about 300 MB: rms_logits 2048 columns wide, matvec_add 4096 wide.
void types(const Catalogue& catalogue, cudaStream_t stream, double bandwidth) {
    float* x = floats(8192, 1);
    float* norm = floats(8192, 2);
    float* out = zeros<float>(1 << 20);
    for (const check::TypeInfo& type : check::TYPES) {
        int rows = static_cast<int>(size_t{300} * 1000000 * type.block / type.blockBytes / 4096) / 4 * 4;
        DeviceMatrix w(type.type, rows, 4096, 9000);
        Matrix narrow = w.m;
        narrow.rows *= 2;
        narrow.cols = 2048;
        cudaGraphExec_t graphs[] = {
            capture(stream,
                [&] {
                    launch(stream, kernels_of(type.type).logits,
                        catalogue.grid("rms_logits", "x", "rows", narrow.rows), catalogue.block("rms_logits"),
                        catalogue.shared("rms_logits", 2048), x, norm, EPSILON, narrow, out);
                }),
            capture(stream,
                [&] {
                    launch(stream, kernels_of(type.type).matvecAdd, catalogue.grid("matvec_add", "x", "rows", rows),
                        catalogue.block("matvec_add"), catalogue.shared("matvec_add", 4096), w.m, x, out);
                }),
        };
        double logits = microseconds(stream, graphs[0], 3, [] {});
        double add = microseconds(stream, graphs[1], 3, [] {});
        std::printf("  %-5s rms_logits %6.1f us %5.1f %%   matvec_add %6.1f us %5.1f %% of copy bandwidth\n", type.name,
            logits, 100 * w.bytes / bandwidth / logits * 1e6, add, 100 * w.bytes / bandwidth / add * 1e6);
        cudaFree(const_cast<uint8_t*>(w.m.quants));
        cudaFree(const_cast<uint8_t*>(w.m.highs));
        cudaFree(const_cast<uint8_t*>(w.m.scales));
    }
}

} // namespace

int main(int count, char** arguments) {
    if (count < 2) {
        std::printf("usage: decode_bench CATALOGUE [F16 | Q8_0 | Q4_0]\n");
        return 2;
    }
    Catalogue catalogue(arguments[1]);
    cudaDeviceProp device;
    check::cuda(cudaGetDeviceProperties(&device, 0), "device");
    check::cuda(
        cudaFuncSetAttribute(attend_cluster_64_f16, cudaFuncAttributeNonPortableClusterSizeAllowed, 1), "clusters");
    cudaStream_t stream;
    check::cuda(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "stream");
    double bandwidth = copy_bandwidth(stream);
    std::printf("%s, %d multiprocessors, L2 %.0f MB, copies %.2f TB/s\n", device.name, device.multiProcessorCount,
        device.l2CacheSize / 1e6, bandwidth / 1e12);
    const Types all[] = {
        {"F16", TYPE_F16, TYPE_F16, TYPE_F16, TYPE_F16, TYPE_F16, TYPE_F16},
        {"Q8_0", TYPE_Q8_0, TYPE_Q8_0, TYPE_Q8_0, TYPE_Q8_0, TYPE_Q8_0, TYPE_Q8_0},
        {"Q4_0", TYPE_Q4_0, TYPE_Q4_0, TYPE_Q4_0, TYPE_Q4_0, TYPE_Q4_0, TYPE_Q8_0},
        {"Q4_K (as Q4_K_M files: rows of 896 are Q5_0, v and output Q8_0, down Q4_K)", TYPE_Q5_0, TYPE_Q8_0, TYPE_Q5_0,
            TYPE_Q5_0, TYPE_Q4_K, TYPE_Q8_0},
    };
    std::string only = count > 2 ? arguments[2] : "";
    for (const Types& t : all) {
        if (only.empty() || t.name == only) {
            token(catalogue, t, stream, bandwidth);
        }
    }
    if (only.empty()) {
        std::printf("types\n");
        types(catalogue, stream, bandwidth);
    }
    return 0;
}
