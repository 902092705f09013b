// Compares every decode kernel, of every weight type, with a reference in double precision: ragged sizes, outputs
// poisoned before, guards behind buffers, the same bits from run to run and from grid to grid.
//
//   decode_test CATALOGUE [small]      small: fewer sizes, for compute-sanitizer
#include "weights.h"

#include "../../main/cuda/attend.cu"
#include "../../main/cuda/attend_cluster.cu"
#include "../../main/cuda/choose.cu"
#include "../../main/cuda/matvec_add.cu"
#include "../../main/cuda/rms_gate_up.cu"
#include "../../main/cuda/rms_logits.cu"
#include "../../main/cuda/rms_qkv_rope.cu"

#include <algorithm>
#include <functional>
#include <memory>

using check::Buffer;
using check::Catalogue;
using check::Random;
using check::Weights;

namespace {

// Float32 sums over thousands of terms, in trees: what a sum may be off by, as a share of its terms' magnitudes.
constexpr double ROUNDING = 2e-6;
constexpr int CLUSTER_POSITIONS = 1024; // below which the engine has attend_cluster, where there are clusters

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

const Kernels& kernels_of(WeightType type) {
    return *std::find_if(std::begin(KERNELS), std::end(KERNELS), [&](const Kernels& k) { return k.type == type; });
}

std::string join(std::initializer_list<std::string> parts) {
    std::string all;
    for (const std::string& part : parts) {
        all += all.empty() ? part : " " + part;
    }
    return all;
}

std::string num(const char* name, int value) { return std::string(name) + "=" + std::to_string(value); }

double silu(double v) { return v / (1 + std::exp(-v)); }

// Runs `launch` with the catalogue's grid and with others: every output must have the same bits. `reset` restores what
// the kernel changes. Gives the output of the catalogue's grid.
std::vector<float> steady(const std::string& what, const Buffer& out, int grid, const std::function<void()>& reset,
    const std::function<void(int)>& launch) {
    std::vector<float> first;
    for (int blocks : {grid, grid, 1, 3, grid + 5}) {
        reset();
        launch(blocks);
        check::finished(what.c_str());
        std::vector<float> got = out.get<float>();
        if (first.empty()) {
            first = got;
        } else {
            check::same_bits(what + ", " + num("grid", blocks), got, first);
        }
    }
    out.guarded(what);
    return first;
}

template <typename K>
void allow_shared(K kernel, size_t bytes) {
    check::cuda(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(bytes)),
        "shared memory");
}

struct Normed {
    std::vector<float> x;
    std::vector<float> norm;
    std::vector<double> n;

    Normed(int cols, float epsilon, Random& random) : x(random.values(cols)), norm(random.values(cols)), n(cols) {
        double squares = 0;
        for (float v : x) {
            squares += static_cast<double>(v) * v;
        }
        for (int c = 0; c < cols; c++) {
            n[c] = x[c] / std::sqrt(squares / cols + epsilon) * norm[c];
        }
    }
};

constexpr float EPSILON = 1e-5f;

void matvec_add(const Catalogue& catalogue, const Weights& w, Random& random) {
    std::string what = join({"matvec_add", w.info.name, num("rows", w.rows), num("cols", w.cols)});
    std::vector<float> in = random.values(w.cols);
    std::vector<float> before = random.values(w.rows);
    Buffer inD(in);
    Buffer x(before);
    size_t shared = catalogue.shared("matvec_add", w.cols);
    auto kernel = kernels_of(w.info.type).matvecAdd;
    allow_shared(kernel, shared);
    std::vector<float> got = steady(
        what, x, catalogue.grid("matvec_add", "x", "rows", w.rows), [&] { x.set(before); },
        [&](int grid) {
            kernel<<<grid, catalogue.block("matvec_add"), shared>>>(w.matrix(), inD.at<float>(), x.at<float>());
        });
    std::vector<double> exact(in.begin(), in.end());
    for (int r = 0; r < w.rows; r++) {
        double bound;
        double want = before[r] + w.dot(r, exact, bound);
        check::near(what, r, got[r], want, ROUNDING * (bound + std::fabs(before[r])));
    }
}

void logits(const Catalogue& catalogue, const Weights& w, Random& random) {
    std::string what = join({"rms_logits", w.info.name, num("rows", w.rows), num("cols", w.cols)});
    Normed normed(w.cols, EPSILON, random);
    Buffer x(normed.x);
    Buffer norm(normed.norm);
    Buffer out(w.rows * sizeof(float));
    size_t shared = catalogue.shared("rms_logits", w.cols);
    auto kernel = kernels_of(w.info.type).logits;
    allow_shared(kernel, shared);
    std::vector<float> got = steady(
        what, out, catalogue.grid("rms_logits", "x", "rows", w.rows), [&] { out.poison(); },
        [&](int grid) {
            kernel<<<grid, catalogue.block("rms_logits"), shared>>>(
                x.at<float>(), norm.at<float>(), EPSILON, w.matrix(), out.at<float>());
        });
    for (int r = 0; r < w.rows; r++) {
        double bound;
        double want = w.dot(r, normed.n, bound);
        check::near(what, r, got[r], want, ROUNDING * bound);
    }
}

void gate_up(const Catalogue& catalogue, const Weights& gate, const Weights& up, bool mixed, Random& random) {
    std::string what = join({"rms_gate_up", mixed ? "mixed" : "", gate.info.name, up.info.name,
        num("rows", gate.rows), num("cols", gate.cols)});
    Normed normed(gate.cols, EPSILON, random);
    Buffer x(normed.x);
    Buffer norm(normed.norm);
    Buffer out(gate.rows * sizeof(float));
    size_t shared = catalogue.shared("rms_gate_up", gate.cols);
    auto kernel = mixed ? rms_gate_up_mixed : kernels_of(gate.info.type).gateUp;
    allow_shared(kernel, shared);
    std::vector<float> got = steady(
        what, out, catalogue.grid("rms_gate_up", "x", "rows", 2 * gate.rows), [&] { out.poison(); },
        [&](int grid) {
            kernel<<<grid, catalogue.block("rms_gate_up"), shared>>>(
                x.at<float>(), norm.at<float>(), EPSILON, gate.matrix(), up.matrix(), out.at<float>());
        });
    for (int r = 0; r < gate.rows; r++) {
        double boundG;
        double boundU;
        double g = gate.dot(r, normed.n, boundG);
        double u = up.dot(r, normed.n, boundU);
        double slope = 1.1; // of silu, at most
        double allowed = ROUNDING * (slope * boundG * std::fabs(u) + std::fabs(silu(g)) * (boundU + 1) + 1e-6);
        check::near(what, r, got[r], silu(g) * u, allowed);
    }
}

struct Heads {
    int heads;
    int kvHeads;
    int headSize;
    int ropeSize;
    int halfSplit;
};

// A cache of `layers` layers for one sequence, and the step that points to it.
struct Cache {
    int layers;
    int kvHeads;
    int headSize;
    int capacity;
    int kvType;
    Buffer memory;
    Buffer step;

    Cache(int layers, const Heads& shape, int position, int capacity, int kvType)
        : layers(layers), kvHeads(shape.kvHeads), headSize(shape.headSize), capacity(capacity), kvType(kvType),
          memory(elements() * elementBytes()), step(sizeof(Step)) {
        step.set(std::vector<Step>{{17, position, capacity, 4, memory.at<uint8_t>(), 0}});
    }
    size_t elements() const { return static_cast<size_t>(layers) * 2 * kvHeads * capacity * headSize; }
    size_t elementBytes() const { return kvType == KV_F16 ? 2 : 4; }
    size_t at(int layer, int isValue, int kvHead, int position) const {
        return (((static_cast<size_t>(layer) * 2 + isValue) * kvHeads + kvHead) * capacity + position) * headSize;
    }
    std::vector<float> content() const {
        if (kvType == KV_F32) {
            return memory.get<float>();
        }
        std::vector<__half> halves = memory.get<__half>();
        std::vector<float> floats(halves.size());
        std::transform(halves.begin(), halves.end(), floats.begin(), [](__half h) { return __half2float(h); });
        return floats;
    }
    void set(const std::vector<float>& values) {
        if (kvType == KV_F32) {
            memory.set(values);
            return;
        }
        std::vector<__half> halves(values.size());
        std::transform(values.begin(), values.end(), halves.begin(), [](float f) { return __float2half(f); });
        memory.set(halves);
    }
};

// Rows of one head, rotated in double; `bound` gets what an element's terms amount to.
struct Rotated {
    std::vector<double> value;
    std::vector<double> bound;
};

Rotated rotated(const Weights& w, const std::vector<float>* bias, const std::vector<double>& n, const Heads& shape,
    const std::vector<float2>& angles, bool rotate) {
    Rotated all{std::vector<double>(w.rows), std::vector<double>(w.rows)};
    for (int r = 0; r < w.rows; r++) {
        all.value[r] = w.dot(r, n, all.bound[r]) + (bias != nullptr ? (*bias)[r] : 0.0f);
        all.bound[r] += bias != nullptr ? std::fabs((*bias)[r]) : 0;
    }
    for (int head = 0; rotate && head < w.rows / shape.headSize; head++) {
        for (int i = 0; i < shape.ropeSize / 2; i++) {
            int a = head * shape.headSize + (shape.halfSplit != 0 ? i : 2 * i);
            int b = a + (shape.halfSplit != 0 ? shape.ropeSize / 2 : 1);
            double va = all.value[a];
            double vb = all.value[b];
            all.value[a] = va * angles[i].x - vb * angles[i].y;
            all.value[b] = va * angles[i].y + vb * angles[i].x;
            all.bound[a] = all.bound[b] = all.bound[a] + all.bound[b];
        }
    }
    return all;
}

void qkv(const Catalogue& catalogue, WeightType typeQ, WeightType typeK, WeightType typeV, int cols, const Heads& shape,
    int position, int kvType, bool biased, bool mixed, Random& random) {
    Weights q(typeQ, shape.heads * shape.headSize, cols, random.bits());
    Weights k(typeK, shape.kvHeads * shape.headSize, cols, random.bits());
    Weights v(typeV, shape.kvHeads * shape.headSize, cols, random.bits());
    std::string what = join({"rms_qkv_rope", mixed ? "mixed" : "", q.info.name, k.info.name, v.info.name,
        num("cols", cols), num("heads", shape.heads), num("kvHeads", shape.kvHeads), num("headSize", shape.headSize),
        num("ropeSize", shape.ropeSize), num("halfSplit", shape.halfSplit), num("position", position),
        num("kvType", kvType), num("biased", biased)});
    Normed normed(cols, EPSILON, random);
    std::vector<float> biasQ = random.values(q.rows);
    std::vector<float> biasK = random.values(k.rows);
    std::vector<float> biasV = random.values(v.rows);
    std::vector<float2> rope(static_cast<size_t>(position + 1) * shape.ropeSize / 2);
    for (float2& turn : rope) {
        double angle = random.value();
        turn = {static_cast<float>(std::cos(angle)), static_cast<float>(std::sin(angle))};
    }
    std::vector<float2> angles(rope.end() - shape.ropeSize / 2, rope.end());
    int layer = 1;
    Cache cache(2, shape, position, position + 2, kvType);
    Buffer x(normed.x);
    Buffer norm(normed.norm);
    Buffer bq(biasQ);
    Buffer bk(biasK);
    Buffer bv(biasV);
    Buffer table(rope);
    Buffer queries(q.rows * sizeof(float));
    auto kernel = mixed ? rms_qkv_rope_mixed : kernels_of(typeQ).qkv;
    size_t shared = catalogue.shared("rms_qkv_rope", cols);
    allow_shared(kernel, shared);
    std::vector<float> firstCache;
    std::vector<float> got = steady(
        what, queries, catalogue.grid("rms_qkv_rope", "x", "rows", q.rows + 2 * k.rows),
        [&] {
            queries.poison();
            cache.memory.poison();
        },
        [&](int grid) {
            kernel<<<grid, catalogue.block("rms_qkv_rope"), shared>>>(cache.step.at<Step>(), x.at<float>(),
                norm.at<float>(), EPSILON, q.matrix(), k.matrix(), v.matrix(), biased ? bq.at<float>() : nullptr,
                biased ? bk.at<float>() : nullptr, biased ? bv.at<float>() : nullptr, table.at<float2>(),
                shape.ropeSize, shape.halfSplit, shape.headSize, layer, shape.kvHeads, kvType, queries.at<float>());
            std::vector<float> content = cache.content();
            if (firstCache.empty()) {
                firstCache = content;
            } else {
                check::same_bits(what + " cache", content, firstCache);
            }
        });
    cache.memory.guarded(what + " cache");
    Rotated wantQ = rotated(q, biased ? &biasQ : nullptr, normed.n, shape, angles, true);
    Rotated wantK = rotated(k, biased ? &biasK : nullptr, normed.n, shape, angles, true);
    Rotated wantV = rotated(v, biased ? &biasV : nullptr, normed.n, shape, angles, false);
    for (int r = 0; r < q.rows; r++) {
        check::near(what + " q", r, got[r], wantQ.value[r], ROUNDING * wantQ.bound[r]);
    }
    size_t written = 0;
    double storage = kvType == KV_F16 ? 0x1p-11 : 0;
    for (int r = 0; r < k.rows; r++) {
        size_t at = r % shape.headSize;
        size_t keyAt = cache.at(layer, 0, r / shape.headSize, position) + at;
        size_t valueAt = cache.at(layer, 1, r / shape.headSize, position) + at;
        check::near(what + " k", r, firstCache[keyAt], wantK.value[r],
            ROUNDING * wantK.bound[r] + storage * std::fabs(wantK.value[r]) + 1e-7);
        check::near(what + " v", r, firstCache[valueAt], wantV.value[r],
            ROUNDING * wantV.bound[r] + storage * std::fabs(wantV.value[r]) + 1e-7);
    }
    for (float f : firstCache) {
        written += std::isnan(f) ? 0 : 1;
    }
    if (written != 2 * static_cast<size_t>(k.rows)) {
        check::fail(what + ": wrote " + std::to_string(written) + " elements of the cache");
    }
}

// By `attend`, whose grid must not matter.
std::vector<float> in_chunks(const Catalogue& catalogue, const std::string& what, Cache& cache, int layer,
    const Heads& shape, int position, int kvType, Buffer& queries, Buffer& out) {
    Buffer counters(std::vector<int>(shape.kvHeads, 0));
    int chunks = catalogue.grid("attend", "y", "positions", position + 1);
    std::vector<float> first;
    for (int grid : {chunks, chunks, chunks + 1, chunks + 30}) {
        Buffer partials(static_cast<size_t>(shape.heads) * grid * (shape.headSize + 2) * sizeof(float));
        out.poison();
        attend<<<dim3(shape.kvHeads, grid), catalogue.block("attend")>>>(cache.step.at<Step>(), queries.at<float>(),
            out.at<float>(), partials.at<float>(), counters.at<int>(), layer, shape.heads, shape.kvHeads,
            shape.headSize, kvType);
        check::finished(what.c_str());
        partials.guarded(what + " partials");
        check::same_bits(what + " counters", counters.get<int>(), std::vector<int>(shape.kvHeads, 0));
        std::vector<float> got = out.get<float>();
        if (first.empty()) {
            first = got;
        } else {
            check::same_bits(what + ", " + num("chunks", grid), got, first);
        }
    }
    out.guarded(what);
    return first;
}

// By `attend_cluster`.
std::vector<float> in_clusters(const Catalogue& catalogue, const std::string& what, Cache& cache, int layer,
    const Heads& shape, int kvType, Buffer& queries, Buffer& out) {
    bool narrow = shape.headSize == 64;
    auto f16 = narrow ? attend_cluster_64_f16 : attend_cluster_128_f16;
    auto f32 = narrow ? attend_cluster_64_f32 : attend_cluster_128_f32;
    auto kernel = kvType == KV_F16 ? f16 : f32;
    check::cuda(cudaFuncSetAttribute(kernel, cudaFuncAttributeNonPortableClusterSizeAllowed, 1), "clusters");
    std::string name = narrow ? "attend_cluster_64" : "attend_cluster_128";
    std::vector<float> first;
    for (int turn = 0; turn < 3; turn++) {
        out.poison();
        kernel<<<dim3(shape.kvHeads, attending::CLUSTER), catalogue.block(name)>>>(cache.step.at<Step>(),
            queries.at<float>(), out.at<float>(), layer, shape.heads, shape.kvHeads);
        check::finished(what.c_str());
        std::vector<float> got = out.get<float>();
        if (first.empty()) {
            first = got;
        } else {
            check::same_bits(what, got, first);
        }
    }
    out.guarded(what);
    return first;
}

bool has_clusters() {
    int major = 0;
    check::cuda(cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, 0), "device");
    return major >= 9;
}

// Compares with attention in double precision.
void attention_is(const std::string& what, const std::vector<float>& got, const Heads& shape, int position,
    const Cache& cache, int layer, const std::vector<float>& content, const std::vector<float>& q) {
    int size = shape.headSize;
    for (int h = 0; h < shape.heads; h++) {
        int kvHead = h / (shape.heads / shape.kvHeads);
        const float* keys = &content[cache.at(layer, 0, kvHead, 0)];
        const float* values = &content[cache.at(layer, 1, kvHead, 0)];
        std::vector<double> weights(position + 1);
        double largest = -INFINITY;
        for (int p = 0; p <= position; p++) {
            for (int d = 0; d < size; d++) {
                weights[p] += static_cast<double>(q[h * size + d]) * keys[static_cast<size_t>(p) * size + d];
            }
            weights[p] /= std::sqrt(static_cast<double>(size));
            largest = std::max(largest, weights[p]);
        }
        double sum = 0;
        for (double& w : weights) {
            sum += w = std::exp(w - largest);
        }
        for (int d = 0; d < size; d++) {
            double want = 0;
            double bound = 0;
            for (int p = 0; p <= position; p++) {
                double term = weights[p] / sum * values[static_cast<size_t>(p) * size + d];
                want += term;
                bound += std::fabs(term);
            }
            check::near(what, h * size + d, got[h * size + d], want, 5e-6 * bound + 1e-7);
        }
    }
}

void attention_of(const Catalogue& catalogue, const Heads& shape, int position, int kvType, Random& random) {
    std::string what = join({"attend", num("heads", shape.heads), num("kvHeads", shape.kvHeads),
        num("headSize", shape.headSize), num("position", position), num("kvType", kvType)});
    int layer = 1;
    Cache cache(2, shape, position, position + 70, kvType);
    std::vector<float> content(cache.elements(), std::nanf("")); // whatever else is read shows
    for (int isValue = 0; isValue < 2; isValue++) {
        for (int h = 0; h < shape.kvHeads; h++) {
            for (size_t i = 0; i < static_cast<size_t>(position + 1) * shape.headSize; i++) {
                content[cache.at(layer, isValue, h, 0) + i] = random.value();
            }
        }
    }
    cache.set(content);
    content = cache.content();
    std::vector<float> q = random.values(static_cast<size_t>(shape.heads) * shape.headSize);
    Buffer queries(q);
    Buffer out(q.size() * sizeof(float));
    std::vector<float> first = in_chunks(catalogue, what, cache, layer, shape, position, kvType, queries, out);
    attention_is(what, first, shape, position, cache, layer, content, q);
    if (position < CLUSTER_POSITIONS && has_clusters()) {
        std::string clustered = what + " in clusters";
        first = in_clusters(catalogue, clustered, cache, layer, shape, kvType, queries, out);
        attention_is(clustered, first, shape, position, cache, layer, content, q);
    }
}

void choosing(const Catalogue& catalogue, const std::string& name, const std::vector<float>& scores, int want) {
    int count = static_cast<int>(scores.size());
    Buffer logits(scores);
    Buffer counters(std::vector<int>(1, 0));
    unsigned long long* result;
    check::cuda(cudaHostAlloc(&result, 8, cudaHostAllocMapped), "cudaHostAlloc");
    for (int grid : {catalogue.grid("choose", "x", "count", count), 1, 7, 300}) {
        std::string what = join({"choose", name, num("count", count), num("grid", grid)});
        Buffer partials(static_cast<size_t>(grid) * 8);
        Buffer step(std::vector<Step>{{5, 1000, 2048, 41, nullptr, 7}});
        *result = 0;
        choose<<<grid, catalogue.block("choose")>>>(step.at<Step>(), logits.at<float>(), count,
            partials.at<float2>(), counters.at<int>(), result);
        check::finished(what.c_str());
        Step after = step.get<Step>()[0];
        bool right = after.token == want && after.position == 1001 && after.serial == 42 && after.capacity == 2048
            && after.reserved == 7 && after.kv == nullptr;
        check::comparisons += 7;
        if (!right) {
            check::fail(what + ": step says token " + std::to_string(after.token) + ", want " + std::to_string(want));
        }
        if (*result != (static_cast<unsigned long long>(want) << 32 | 42)) {
            check::fail(what + ": result says token " + std::to_string(*result >> 32));
        }
        check::same_bits(what + " counter", counters.get<int>(), std::vector<int>{0});
        partials.guarded(what);
        step.guarded(what);
    }
    cudaFreeHost(result);
}

void choices(const Catalogue& catalogue, bool small, Random& random) {
    for (int count : {1, 2, 255, 2048, 2049, small ? 9000 : 151936}) {
        std::vector<float> scores = random.values(count);
        int best = static_cast<int>(std::max_element(scores.begin(), scores.end()) - scores.begin());
        choosing(catalogue, "random", scores, best);
        std::vector<float> tied = scores;
        int lowest = static_cast<int>(random.bits() % count);
        for (int i = lowest; i < count; i += 1 + static_cast<int>(random.bits() % 700)) {
            tied[i] = 9.5f;
        }
        choosing(catalogue, "tied", tied, lowest);
        choosing(catalogue, "last", [&] { auto s = scores; s.back() = 99; return s; }(), count - 1);
        choosing(catalogue, "-inf", std::vector<float>(count, -INFINITY), 0);
        choosing(catalogue, "nan", std::vector<float>(count, std::nanf("")), 0);
        std::vector<float> partly(count, std::nanf(""));
        partly[count / 2] = -3.0f;
        choosing(catalogue, "one number", partly, count / 2);
    }
}

std::vector<int> lengths(const check::TypeInfo& type, bool small) {
    int unit = std::max(type.block, 8);
    std::vector<int> all = small ? std::vector<int>{unit, unit * 3} : std::vector<int>{unit, unit * 2, unit * 3, unit * 19};
    for (int cols : {896, 4864}) {
        if (cols % unit == 0 && std::find(all.begin(), all.end(), cols) == all.end() && (!small || cols == 896)) {
            all.push_back(cols);
        }
    }
    return all;
}

void matrices(const Catalogue& catalogue, bool small, Random& random) {
    std::vector<int> heights = small ? std::vector<int>{1, 7} : std::vector<int>{1, 3, 7, 896, 1152};
    for (const check::TypeInfo& type : check::TYPES) {
        for (int cols : lengths(type, small)) {
            for (int rows : heights) {
                Weights a(type.type, rows, cols, random.bits());
                Weights b(type.type, rows, cols, random.bits());
                matvec_add(catalogue, a, random);
                logits(catalogue, b, random);
                gate_up(catalogue, a, b, false, random);
                if (rows <= 7) {
                    gate_up(catalogue, a, b, true, random);
                }
            }
        }
    }
    Weights wide(TYPE_F16, 7, 14336, random.bits());
    matvec_add(catalogue, wide, random);
    logits(catalogue, wide, random);
    gate_up(catalogue, wide, Weights(TYPE_Q8_0, 7, 14336, random.bits()), true, random);
}

void projections(const Catalogue& catalogue, bool small, Random& random) {
    const Heads shapes[] = {{14, 2, 64, 64, 1}, {1, 1, 64, 64, 0}, {2, 1, 128, 64, 1}, {7, 1, 64, 32, 0}, {4, 2, 128, 128, 0}};
    const int positions[] = {0, 1, 127, 128, 129, 2047};
    int turn = 0;
    for (const check::TypeInfo& type : check::TYPES) {
        for (int cols : lengths(type, small)) {
            for (int i = 0; i < (small ? 1 : 5); i++, turn++) {
                qkv(catalogue, type.type, type.type, type.type, cols, shapes[small ? turn % 5 : i],
                    positions[turn % 6], turn % 2, turn % 3 != 0, turn % 4 == 3, random);
            }
        }
    }
    for (const check::TypeInfo& type : check::TYPES) {
        qkv(catalogue, type.type, TYPE_Q6_K, TYPE_F16, 512, shapes[turn % 5], 3, 0, true, true, random);
        qkv(catalogue, TYPE_Q5_0, type.type, type.type, 768, shapes[turn % 5], 3, 1, false, true, random);
        turn++;
    }
}

void attentions(const Catalogue& catalogue, bool small, Random& random) {
    const Heads shapes[] = {{14, 2, 64, 64, 1}, {1, 1, 64, 64, 1}, {4, 2, 128, 128, 1}, {7, 1, 128, 128, 1},
        {3, 3, 64, 64, 1}, {20, 2, 64, 64, 1}};
    for (const Heads& shape : shapes) {
        for (int position : small ? std::vector<int>{0, 129, 600}
                                 : std::vector<int>{0, 1, 31, 63, 64, 65, 127, 128, 129, 511, 512, 1000, 1023, 1024, 2047, 4095}) {
            for (int kvType : {KV_F16, KV_F32}) {
                attention_of(catalogue, shape, position, kvType, random);
            }
        }
    }
}

} // namespace

int main(int count, char** arguments) {
    if (count < 2) {
        std::printf("usage: decode_test CATALOGUE [small]\n");
        return 2;
    }
    Catalogue catalogue(arguments[1]);
    bool small = count > 2 && std::string(arguments[2]) == "small";
    Random random(20261124);
    matrices(catalogue, small, random);
    projections(catalogue, small, random);
    attentions(catalogue, small, random);
    choices(catalogue, small, random);
    return check::verdict();
}
