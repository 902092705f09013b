// Every prefill and elementwise kernel against double precision on the host, with ragged shapes, poisoned outputs and
// guards, and the promise that matters most: the same bits whatever the tile, the chunk and the run.
//
//   prefill_test CATALOGUE [small | tiny]     exit status 1 on any failure, a line each
//
// `small` is for compute-sanitizer's memcheck, `tiny` (what uses shared memory, a few shapes) for its racecheck.
#include "gguf_reference.h"
#include "launch_prefill.h"

using check::Buffer;
using check::Random;
using std::string;
using std::to_string;
using std::vector;

static bool small = false; // or tiny
static bool tiny = false;
static double worst_gemm = 0;
static double worst_attention = 0;
static double worst_quantized = 0;

// ---- Matrices ----------------------------------------------------------------------------------------------------------

// What retile must write: the planes of a stored matrix, by matrix.cuh's table.
struct Planes {
    vector<uint8_t> quants;
    vector<uint8_t> highs;
    vector<uint8_t> scales;
};

static Planes planes_of(const Stored& s) {
    Planes p;
    auto copy = [](vector<uint8_t>& to, const uint8_t* from, int bytes) { to.insert(to.end(), from, from + bytes); };
    for (size_t at = 0; at < s.bytes.size(); at += s.type.bytes) {
        const uint8_t* b = s.bytes.data() + at;
        switch (s.type.id) {
            case 2: copy(p.scales, b, 2), copy(p.quants, b + 2, 16); break;
            case 3: copy(p.scales, b, 4), copy(p.quants, b + 4, 16); break;
            case 6: copy(p.scales, b, 2), copy(p.highs, b + 2, 4), copy(p.quants, b + 6, 16); break;
            case 7: copy(p.scales, b, 4), copy(p.highs, b + 4, 4), copy(p.quants, b + 8, 16); break;
            case 8: copy(p.scales, b, 2), copy(p.quants, b + 2, 32); break;
            case 14: copy(p.quants, b, 208), copy(p.scales, b + 208, 2); break;
            default: copy(p.quants, b, s.type.bytes);
        }
    }
    return p;
}

struct OnDevice {
    Buffer quants;
    Buffer highs;
    Buffer scales;
    Matrix matrix;

    OnDevice(const Stored& s, const Planes& p) : quants(p.quants.size()), highs(p.highs.size()), scales(p.scales.size()) {
        matrix = {quants.at<uint8_t>(), highs.at<uint8_t>(), scales.at<uint8_t>(), s.type.id, s.rows, s.cols, 0};
    }
};

// Retiles in two pieces, each from an even address that is not always a multiple of anything more.
static void retile_into(const OnDevice& d, const Stored& s, int offset) {
    Buffer raw(s.bytes.size() + 64);
    int half = s.rows / 2;
    size_t split = half * s.row_bytes();
    for (int part = 0; part < 2; part++) {
        uint8_t* to = raw.at<uint8_t>() + offset;
        size_t from = part == 0 ? 0 : split;
        size_t bytes = part == 0 ? split : s.bytes.size() - split;
        check::cuda(cudaMemcpy(to, s.bytes.data() + from, bytes, cudaMemcpyHostToDevice), "cudaMemcpy");
        retile<<<launch::ANY_GRID, 256>>>(to, d.matrix, part == 0 ? 0 : half, part == 0 ? half : s.rows - half);
        check::finished("retile");
    }
}

__global__ void elements(Matrix w, float* out) {
    for (int i = blockIdx.x * 256 + threadIdx.x; i < w.rows * w.cols; i += gridDim.x * 256) {
        out[i] = element(w, i / w.cols, i % w.cols);
    }
}

static void test_matrix(Random& random, StoredType type, int rows, int cols) {
    string what = string(type.name) + " " + to_string(rows) + "x" + to_string(cols);
    Stored s = random_stored(random, type, rows, cols);
    Planes planes = planes_of(s);
    OnDevice d(s, planes);
    int offset = 2 * below(random, 16);
    retile_into(d, s, offset);
    check::same_bits("retile quants " + what, d.quants.get<uint8_t>(), planes.quants);
    check::same_bits("retile highs " + what, d.highs.get<uint8_t>(), planes.highs);
    check::same_bits("retile scales " + what, d.scales.get<uint8_t>(), planes.scales);
    d.quants.guarded("retile quants " + what);
    d.highs.guarded("retile highs " + what);
    d.scales.guarded("retile scales " + what);

    size_t n = static_cast<size_t>(rows) * cols;
    vector<float> want(n);
    vector<uint16_t> want_hi(n);
    vector<uint16_t> want_lo(n);
    for (size_t i = 0; i < n; i++) {
        float w = static_cast<float>(s.at(static_cast<int>(i / cols), static_cast<int>(i % cols)));
        __half hi = __float2half_rn(w);
        __half lo = __float2half_rn(w - __half2float(hi));
        want[i] = w;
        std::memcpy(&want_hi[i], &hi, 2);
        std::memcpy(&want_lo[i], &lo, 2);
    }
    Buffer hi(n * 2);
    Buffer lo(n * 2);
    dequantize<<<launch::ANY_GRID, 256>>>(d.matrix, hi.at<__half>(), lo.at<__half>());
    check::finished("dequantize");
    check::same_bits("dequantize hi " + what, hi.get<uint16_t>(), want_hi);
    check::same_bits("dequantize lo " + what, lo.get<uint16_t>(), want_lo);
    hi.guarded("dequantize hi " + what);
    lo.guarded("dequantize lo " + what);
    hi.poison();
    dequantize<<<7, 256>>>(d.matrix, hi.at<__half>(), nullptr);
    check::finished("dequantize");
    check::same_bits("dequantize hi alone " + what, hi.get<uint16_t>(), want_hi);

    Buffer all(n * 4);
    elements<<<launch::ANY_GRID, 256>>>(d.matrix, all.at<float>());
    check::finished("element");
    check::same_bits("element " + what, all.get<float>(), want);

    int count = 17;
    vector<int> tokens(count);
    vector<float> want_rows(static_cast<size_t>(count) * cols);
    for (int t = 0; t < count; t++) {
        tokens[t] = below(random, rows);
        std::copy_n(
            want.begin() + static_cast<size_t>(tokens[t]) * cols, cols, want_rows.begin() + static_cast<size_t>(t) * cols);
    }
    Buffer ids(tokens);
    Buffer x(want_rows.size() * 4);
    launch::embed(ids.at<int>(), d.matrix, x.at<float>(), count);
    check::finished("embed_rows");
    check::same_bits("embed_rows " + what, x.get<float>(), want_rows);
    x.guarded("embed_rows " + what);
    Buffer step(vector<Step>{Step{tokens[3], 0, 0, 0, nullptr, 0}});
    Buffer row(static_cast<size_t>(cols) * 4);
    embed_row<<<launch::ceil_div(cols, 2048), 256>>>(step.at<Step>(), d.matrix, row.at<float>());
    check::finished("embed_row");
    check::same_bits("embed_row " + what, row.get<float>(),
                     vector<float>(want_rows.begin() + 3 * cols, want_rows.begin() + 4 * cols));
    row.guarded("embed_row " + what);
}

static void test_unknown_token() {
    Random random(5);
    Stored s = random_stored(random, TYPES[1], 7, 64);
    OnDevice d(s, planes_of(s));
    retile_into(d, s, 0);
    Buffer ids(vector<int>{-1, 7});
    Buffer x(2 * 64 * 4);
    check::cuda(cudaMemset(x.at(), 0, 2 * 64 * 4), "cudaMemset");
    launch::embed(ids.at<int>(), d.matrix, x.at<float>(), 2);
    check::finished("embed_rows");
    for (float v : x.get<float>()) {
        check::comparisons++;
        if (!std::isnan(v)) {
            check::fail("embed_rows of a token that is not in the table must be NaN");
            return;
        }
    }
}

// ---- Splitting -------------------------------------------------------------------------------------------------------

static double half_value(uint16_t h) {
    return half_to_double(h);
}

// What each row of a test is made of.
enum RowKind { PLAIN, ZEROS, TINY, HUGE_VALUES, WITH_NAN, WITH_INFINITY, KINDS };

static vector<float> split_input(Random& random, int count, int cols) {
    vector<float> in = random.values(static_cast<size_t>(count) * cols);
    for (int t = 0; t < count; t++) {
        float* row = in.data() + static_cast<size_t>(t) * cols;
        float factor = t % KINDS == ZEROS ? 0.0f : t % KINDS == TINY ? 1e-39f : t % KINDS == HUGE_VALUES ? 1e30f : 1.0f;
        for (int i = 0; i < cols; i++) {
            row[i] *= factor;
            if (below(random, 20) == 0) {
                row[i] *= 1e-5f;
            }
        }
        if (t % KINDS == WITH_NAN) {
            row[below(random, cols)] = NAN;
        } else if (t % KINDS == WITH_INFINITY) {
            row[below(random, cols)] = -INFINITY;
        }
    }
    return in;
}

// relative: how far a value may be from `want` for other reasons than the split.
static void test_split(
    const string& what, const vector<double>& want, int count, int cols, double relative, const Buffer& hi, const Buffer& lo,
    const Buffer& scale) {
    vector<uint16_t> h = hi.get<uint16_t>();
    vector<uint16_t> l = lo.get<uint16_t>();
    vector<float> by = scale.get<float>();
    for (int t = 0; t < count; t++) {
        const double* row = want.data() + static_cast<size_t>(t) * cols;
        double largest = 0;
        bool finite = true;
        for (int i = 0; i < cols; i++) {
            largest = std::max(largest, std::fabs(row[i]));
            finite = finite && std::isfinite(row[i]);
        }
        int exponent;
        check::near(what + ": the scale is a power of two", t, std::frexp(by[t], &exponent), 0.5, 0);
        double top = 0;
        for (int i = 0; i < cols; i++) {
            size_t at = static_cast<size_t>(t) * cols + i;
            double got = (half_value(h[at]) + half_value(l[at])) * by[t];
            top = std::max(top, std::fabs(half_value(h[at])));
            if (finite) {
                double allowed = (relative + 0x1p-23) * std::fabs(row[i]) + 0x1p-34 * largest + 1e-44;
                check::near(what, at, got, row[i], allowed);
            } else if (!std::isfinite(row[i])) {
                check::comparisons++;
                if (std::isfinite(got)) {
                    check::fail(what + ": Inf or NaN became finite at " + to_string(at));
                }
            }
        }
        if (finite && largest > 1e-30) {
            check::near(what + ": the largest of the row is in [2^9, 2^10]", t, top, 768, 256);
        } else if (largest == 0 || !finite) {
            check::near(what + ": scale of a row of zeros, or not finite", t, by[t], 1, 0);
        }
    }
    hi.guarded(what + " hi");
    lo.guarded(what + " lo");
    scale.guarded(what + " scale");
}

static void test_splits(Random& random, int count, int cols) {
    string shape = " " + to_string(count) + "x" + to_string(cols);
    size_t n = static_cast<size_t>(count) * cols;
    vector<float> in = split_input(random, count, cols);
    vector<float> second = random.values(n);
    vector<float> norm = random.values(cols);
    float epsilon = 1e-6f;
    Buffer device_in(in);
    Buffer device_second(second);
    Buffer device_norm(norm);
    Buffer hi(n * 2);
    Buffer lo(n * 2);
    Buffer scale(count * 4);
    auto poison = [&] { hi.poison(), lo.poison(), scale.poison(); };

    vector<double> want(in.begin(), in.end());
    split_rows<<<count, 256>>>(device_in.at<float>(), cols, hi.at<__half>(), lo.at<__half>(), scale.at<float>());
    check::finished("split_rows");
    test_split("split_rows" + shape, want, count, cols, 0, hi, lo, scale);

    poison();
    for (int t = 0; t < count; t++) {
        double squares = 0;
        for (int i = 0; i < cols; i++) {
            squares += want[t * cols + i] * want[t * cols + i];
        }
        bool overflows = squares > 3e38; // as the float32 sum of squares does: the row becomes zeros
        for (int i = 0; i < cols; i++) {
            double n1 = in[t * cols + i] / std::sqrt(squares / cols + epsilon) * norm[i];
            want[t * cols + i] = overflows && std::isfinite(in[t * cols + i]) ? 0 : n1;
        }
    }
    rms_split<<<count, 256>>>(device_in.at<float>(), device_norm.at<float>(), epsilon, cols, hi.at<__half>(),
                              lo.at<__half>(), scale.at<float>());
    check::finished("rms_split");
    // A row with Inf becomes NaN where the Inf was and zeros elsewhere; the reference says the same.
    test_split("rms_split" + shape, want, count, cols, 1e-6, hi, lo, scale);

    poison();
    for (size_t i = 0; i < n; i++) {
        double g = in[i];
        want[i] = g / (1 + std::exp(-g)) * second[i];
    }
    silu_split<<<count, 256>>>(device_in.at<float>(), device_second.at<float>(), cols, hi.at<__half>(), lo.at<__half>(),
                               scale.at<float>());
    check::finished("silu_split");
    test_split("silu_split" + shape, want, count, cols, 1e-6, hi, lo, scale);
}

// ---- GEMM --------------------------------------------------------------------------------------------------------------

// Activations as split_rows makes them, and their double values.
struct Activations {
    Buffer hi;
    Buffer lo;
    Buffer scale;
    vector<double> values;
};

static Activations activations(Random& random, int count, int cols) {
    size_t n = static_cast<size_t>(count) * cols;
    vector<float> in = random.values(n);
    for (int t = 0; t < count; t++) {
        float factor = std::ldexp(1.0f, below(random, 30) - 15);
        for (int i = 0; i < cols; i++) {
            in[static_cast<size_t>(t) * cols + i] *= below(random, 50) == 0 ? factor * 30 : factor;
        }
    }
    Buffer device(in);
    Activations a{Buffer(n * 2), Buffer(n * 2), Buffer(count * 4), vector<double>(in.begin(), in.end())};
    split_rows<<<count, 256>>>(device.at<float>(), cols, a.hi.at<__half>(), a.lo.at<__half>(), a.scale.at<float>());
    check::finished("split_rows");
    return a;
}

static void run_gemm(int tile, launch::Gemm g, const vector<float>& before, Buffer& out) {
    out.set(before);
    g.out = out.at<float>();
    launch::gemm(tile, g);
    check::finished("gemm");
}

// Compares a sample of outputs; weight(r, c) in double.
template <typename Weight>
static double worst_of(
    Random& random, const string& what, const vector<float>& got, const vector<float>& before, const launch::Gemm& g,
    const vector<float>& bias, const vector<double>& a, Weight weight, double allowed) {
    double worst = 0;
    size_t all = static_cast<size_t>(g.count) * g.rows;
    size_t sample = std::min<size_t>(all, small ? 50 : 300);
    for (size_t s = 0; s < sample; s++) {
        size_t pick = all == sample ? s : random.bits() % all;
        size_t t = pick / g.rows;
        int r = static_cast<int>(pick % g.rows);
        double sum = 0;
        double size = 1e-30;
        for (int k = 0; k < g.cols; k++) {
            double product = a[t * g.cols + k] * weight(r, k);
            sum += product;
            size += std::fabs(product);
        }
        double rest = (g.bias ? bias[r] : 0.0) + (g.add ? before[t * g.ld + r] : 0.0);
        double rounding = 0x1p-23 *
            (std::fabs(sum) + std::fabs(g.bias ? bias[r] : 0) + (g.add ? std::fabs(before[t * g.ld + r]) : 0));
        double error = std::fabs(got[t * g.ld + r] - (sum + rest));
        worst = std::max(worst, (error - rounding) / size);
        check::near(what, pick, got[t * g.ld + r], sum + rest, allowed * size + rounding);
    }
    // Nothing is NaN where something was to be written, everything is as before where nothing was.
    for (size_t i = 0; i < got.size(); i++) {
        bool written = static_cast<int>(i % g.ld) < g.rows;
        check::comparisons++;
        if (written ? std::isnan(got[i]) : std::memcmp(&got[i], &before[i], 4) != 0) {
            check::fail(what + (written ? ": NaN at " : ": wrote between rows at ") + to_string(i));
            break;
        }
    }
    return worst;
}

static void test_gemm(Random& random, int count, int rows, int cols) {
    string shape = to_string(count) + " x " + to_string(rows) + " x " + to_string(cols);
    Activations a = activations(random, count, cols);
    size_t n = static_cast<size_t>(rows) * cols;
    vector<uint16_t> hi(n);
    vector<uint16_t> lo(n);
    for (size_t i = 0; i < n; i++) {
        float w = random.value() * 0.1f;
        __half h = __float2half_rn(w);
        __half l = __float2half_rn(w - __half2float(h));
        std::memcpy(&hi[i], &h, 2);
        std::memcpy(&lo[i], &l, 2);
    }
    Buffer weight_hi(hi);
    Buffer weight_lo(lo);
    vector<float> bias = random.values(rows);
    Buffer device_bias(bias);
    int variants = small ? 2 : 4;
    for (int variant = 0; variant < variants; variant++) {
        bool with_lo = variant & 1;
        bool extras = variant == 2 || variant == 1; // bias, gaps between rows, adding
        int ld = rows + (extras ? 1 + below(random, 5) : 0);
        launch::Gemm g{a.hi.at<__half>(), a.lo.at<__half>(), a.scale.at<float>(), count, weight_hi.at<__half>(),
                       with_lo ? weight_lo.at<__half>() : nullptr, rows, cols, extras ? device_bias.at<float>() : nullptr,
                       nullptr, ld, extras};
        vector<float> before = extras ? random.values(static_cast<size_t>(count) * ld)
                                      : vector<float>(static_cast<size_t>(count) * ld, NAN);
        Buffer out(before.size() * 4);
        auto weight = [&](int r, int k) {
            size_t at = static_cast<size_t>(r) * cols + k;
            return half_value(hi[at]) + (with_lo ? half_value(lo[at]) : 0);
        };
        vector<float> first;
        for (int tile : {16, 64, 128}) {
            string what = "gemm_" + to_string(tile) + (with_lo ? " (lo) " : " ") + shape;
            run_gemm(tile, g, before, out);
            vector<float> got = out.get<float>();
            out.guarded(what);
            if (tile == 16) {
                first = got;
                worst_gemm = std::max(worst_gemm, worst_of(random, what, got, before, g, bias, a.values, weight, 5e-7));
            } else {
                check::same_bits(what + " against gemm_16", got, first);
            }
            run_gemm(tile, g, before, out);
            check::same_bits(what + " run again", out.get<float>(), got);
            if (count > 1) {
                int cut = 1 + below(random, count - 1);
                out.set(before);
                launch::Gemm part = g;
                part.out = out.at<float>();
                part.count = cut;
                launch::gemm(tile, part);
                part.count = count - cut;
                part.hi += static_cast<size_t>(cut) * cols;
                part.lo += static_cast<size_t>(cut) * cols;
                part.scale += cut;
                part.out += static_cast<size_t>(cut) * ld;
                launch::gemm(tile, part);
                check::finished("gemm in two chunks");
                check::same_bits(what + " cut at " + to_string(cut), out.get<float>(), first);
            }
        }
    }
}

// From stored bytes to products: retile, dequantize, split_rows, gemm.
static void test_quantized_gemm(Random& random, StoredType type, int count, int rows, int cols) {
    string what = string("gemm of ") + type.name;
    Stored s = random_stored(random, type, rows, cols);
    OnDevice d(s, planes_of(s));
    retile_into(d, s, 2);
    size_t n = static_cast<size_t>(rows) * cols;
    Buffer hi(n * 2);
    Buffer lo(n * 2);
    dequantize<<<launch::ANY_GRID, 256>>>(d.matrix, hi.at<__half>(), lo.at<__half>());
    check::finished("dequantize");
    Activations a = activations(random, count, cols);
    bool stored = type.id == TYPE_F16;
    vector<float> before(static_cast<size_t>(count) * rows, NAN);
    Buffer out(before.size() * 4);
    launch::Gemm g{a.hi.at<__half>(), a.lo.at<__half>(), a.scale.at<float>(), count,
                   stored ? reinterpret_cast<const __half*>(d.matrix.quants) : hi.at<__half>(),
                   stored ? nullptr : lo.at<__half>(), rows, cols, nullptr, nullptr, rows, 0};
    run_gemm(64, g, before, out);
    auto weight = [&](int r, int k) { return s.at(r, k); };
    worst_quantized = std::max(worst_quantized, worst_of(random, what, out.get<float>(), before, g, {}, a.values, weight, 2e-6));
}

static void test_gemm_not_finite() {
    int count = 33;
    int rows = 40;
    int cols = 896;
    Random random(77);
    vector<float> in = random.values(static_cast<size_t>(count) * cols);
    in[3 * cols + 5] = NAN;
    in[20 * cols + 890] = INFINITY;
    Buffer device(in);
    Buffer hi(in.size() * 2);
    Buffer lo(in.size() * 2);
    Buffer scale(count * 4);
    split_rows<<<count, 256>>>(device.at<float>(), cols, hi.at<__half>(), lo.at<__half>(), scale.at<float>());
    vector<uint16_t> weights(rows * cols);
    for (uint16_t& w : weights) {
        w = random_half(random, 1);
    }
    Buffer weight(weights);
    Buffer out(count * rows * 4);
    for (int tile : {16, 64, 128}) {
        out.poison();
        launch::gemm(tile, {hi.at<__half>(), lo.at<__half>(), scale.at<float>(), count, weight.at<__half>(), nullptr, rows,
                            cols, nullptr, out.at<float>(), rows, 0});
        check::finished("gemm");
        vector<float> got = out.get<float>();
        for (size_t i = 0; i < got.size(); i++) {
            bool poisoned = i / rows == 3 || i / rows == 20;
            check::comparisons++;
            if (std::isfinite(got[i]) == poisoned) {
                check::fail("gemm_" + to_string(tile) + ": Inf and NaN must stay in their row and fill it, at " + to_string(i));
                break;
            }
        }
    }
}

// ---- Attention -------------------------------------------------------------------------------------------------------

static vector<uint8_t> cache_bytes(const vector<float>& values, int kv_type) {
    vector<uint8_t> bytes(values.size() * (kv_type == KV_F32 ? 4 : 2));
    for (size_t i = 0; i < values.size(); i++) {
        if (kv_type == KV_F32) {
            std::memcpy(&bytes[i * 4], &values[i], 4);
        } else {
            __half h = __float2half_rn(values[i]);
            std::memcpy(&bytes[i * 2], &h, 2);
        }
    }
    return bytes;
}

static double cached(const vector<uint8_t>& bytes, size_t i, int kv_type) {
    if (kv_type == KV_F16) {
        return half_at(&bytes[i * 2]);
    }
    float f;
    std::memcpy(&f, &bytes[i * 4], 4);
    return f;
}

static string name_of(const launch::Attention& a) {
    return string(a.kv_type == KV_F32 ? "F32" : "F16") + " cache, " + to_string(a.heads) + "/" + to_string(a.kv_heads) +
        " heads of " + to_string(a.head_size) + ", base " + to_string(a.base) + ", count " + to_string(a.count);
}

static void test_rope(Random& random, launch::Attention a, int rope_size, int half_split) {
    string what = "rope_store, " + name_of(a) + ", " + to_string(rope_size) + (half_split ? " halves" : " pairs");
    int h = a.head_size;
    int gap = below(random, 3);
    int ld_q = a.heads * h + gap;
    int ld_k = a.kv_heads * h + gap;
    int ld_v = ld_k + 4;
    vector<float> q = random.values(static_cast<size_t>(a.count) * ld_q);
    vector<float> k = random.values(static_cast<size_t>(a.count) * ld_k);
    vector<float> v = random.values(static_cast<size_t>(a.count) * ld_v);
    vector<float2> table(static_cast<size_t>(a.base + a.count) * rope_size / 2);
    for (size_t i = 0; i < table.size(); i++) {
        double angle = random.unit() * 6.3;
        table[i] = {static_cast<float>(std::cos(angle)), static_cast<float>(std::sin(angle))};
    }
    size_t elements = static_cast<size_t>(a.layer + 1) * 2 * a.kv_heads * a.capacity * h;
    int bytes = a.kv_type == KV_F32 ? 4 : 2;
    Buffer device_q(q);
    Buffer device_k(k);
    Buffer device_v(v);
    Buffer device_table(table);
    Buffer kv(elements * bytes);
    launch::rope(a, device_q.at<float>(), device_k.at<float>(), device_v.at<float>(), ld_q, ld_k, ld_v,
                 device_table.at<float2>(), rope_size, half_split, kv.at());
    check::finished("rope_store");
    kv.guarded(what);
    device_q.guarded(what);
    auto turned = [&](const float* head, int t, int d) {
        int half = rope_size / 2;
        if (d >= rope_size) {
            return static_cast<double>(head[d]);
        }
        int pair = half_split ? d % half : d / 2;
        bool second = half_split ? d >= half : d % 2;
        float2 angle = table[static_cast<size_t>(a.base + t) * half + pair];
        double x = head[half_split ? pair : 2 * pair];
        double y = head[half_split ? pair + half : 2 * pair + 1];
        return second ? x * angle.y + y * angle.x : x * angle.x - y * angle.y;
    };
    vector<float> got_q = device_q.get<float>();
    for (int t = 0; t < a.count; t++) {
        for (int i = 0; i < ld_q; i++) {
            size_t at = static_cast<size_t>(t) * ld_q + i;
            double want = i < a.heads * h ? turned(&q[static_cast<size_t>(t) * ld_q + i / h * h], t, i % h) : q[at];
            check::near(what + ", q", at, got_q[at], want, 1e-6);
        }
    }
    vector<uint8_t> cache = kv.get<uint8_t>();
    for (size_t i = 0; i < elements; i++) {
        int position = static_cast<int>(i / h % a.capacity);
        int head = static_cast<int>(i / h / a.capacity % a.kv_heads);
        int plane = static_cast<int>(i / h / a.capacity / a.kv_heads); // layer * 2 + (0: K, 1: V)
        int t = position - a.base;
        double got = cached(cache, i, a.kv_type);
        if (plane / 2 != a.layer || t < 0 || t >= a.count) {
            check::comparisons++;
            if (!std::isnan(got)) {
                check::fail(what + ": wrote to another place of the cache, " + to_string(i));
                break;
            }
            continue;
        }
        int d = static_cast<int>(i % h);
        double want = plane % 2 ? v[static_cast<size_t>(t) * ld_v + head * h + d]
                                : turned(&k[static_cast<size_t>(t) * ld_k + head * h], t, d);
        check::near(what + ", cache", i, got, want, a.kv_type == KV_F32 ? 1e-6 : 1e-6 + std::fabs(want) * 0x1p-11);
    }
}

static vector<double> attention_row(
    const launch::Attention& a, const float* q, const vector<uint8_t>& cache, int head, int position) {
    int h = a.head_size;
    size_t keys = (static_cast<size_t>(a.layer) * 2 * a.kv_heads + head / (a.heads / a.kv_heads)) * a.capacity * h;
    size_t values = keys + static_cast<size_t>(a.kv_heads) * a.capacity * h;
    vector<double> scores(position + 1);
    double most = -INFINITY;
    for (int p = 0; p <= position; p++) {
        double sum = 0;
        for (int d = 0; d < h; d++) {
            sum += q[d] * cached(cache, keys + static_cast<size_t>(p) * h + d, a.kv_type);
        }
        scores[p] = sum / std::sqrt(static_cast<double>(h));
        most = std::max(most, scores[p]);
    }
    double total = 0;
    vector<double> out(h);
    for (int p = 0; p <= position; p++) {
        double weight = std::exp(scores[p] - most);
        total += weight;
        for (int d = 0; d < h; d++) {
            out[d] += weight * cached(cache, values + static_cast<size_t>(p) * h + d, a.kv_type);
        }
    }
    for (double& v : out) {
        v /= total;
    }
    return out;
}

static vector<float> run_attention(const launch::Attention& a, const Buffer& q, int ldQ, int first, const Buffer& kv) {
    size_t width = static_cast<size_t>(a.heads) * a.head_size;
    Buffer out(a.count * width * 4);
    launch::attend(a, q.at<float>() + static_cast<size_t>(first) * ldQ, ldQ, kv.at(), out.at<float>());
    check::finished("attend_rows");
    out.guarded("attend_rows, " + name_of(a));
    return out.get<float>();
}

// The cache with nothing from `positions` on.
static Buffer cut_cache(const launch::Attention& a, const vector<float>& full, int positions) {
    vector<float> values = full;
    for (size_t i = 0; i < values.size(); i++) {
        if (static_cast<int>(i / a.head_size % a.capacity) >= positions) {
            values[i] = NAN;
        }
    }
    return Buffer(cache_bytes(values, a.kv_type));
}

static void test_attention(Random& random, const launch::Attention& a) {
    string what = "attend_rows, " + name_of(a);
    size_t width = static_cast<size_t>(a.heads) * a.head_size;
    int ld_q = static_cast<int>(width) + 2 * below(random, 3);
    vector<float> q = random.values(static_cast<size_t>(a.count) * ld_q);
    for (int t = 0; t < a.count; t++) {
        float factor = static_cast<float>(std::exp(random.unit() * 6 - 3)); // flat to sharp
        for (int i = 0; i < ld_q; i++) {
            q[static_cast<size_t>(t) * ld_q + i] *= factor;
        }
    }
    vector<float> full = random.values(static_cast<size_t>(a.layer + 1) * 2 * a.kv_heads * a.capacity * a.head_size);
    vector<uint8_t> cache = cache_bytes(full, a.kv_type);
    Buffer device_q(q);
    Buffer kv = cut_cache(a, full, a.base + a.count);
    vector<float> got = run_attention(a, device_q, ld_q, 0, kv);
    for (size_t i = 0; i < got.size(); i++) {
        check::comparisons++;
        if (!std::isfinite(got[i])) {
            check::fail(what + ": not finite at " + to_string(i));
            break;
        }
    }
    int sample = small ? 2 : 6;
    for (int s = 0; s < sample; s++) {
        int t = s == 0 ? 0 : s == 1 ? a.count - 1 : below(random, a.count);
        int head = below(random, a.heads);
        size_t at = t * width + static_cast<size_t>(head) * a.head_size;
        vector<double> want = attention_row(a, &q[static_cast<size_t>(t) * ld_q + head * a.head_size], cache, head, a.base + t);
        for (int d = 0; d < a.head_size; d++) {
            worst_attention = std::max(worst_attention, std::fabs(got[at + d] - want[d]) / 4);
            check::near(what, at + d, got[at + d], want[d], 4e-5); // values are within +-4
        }
    }
    check::same_bits(what + ", run again", run_attention(a, device_q, ld_q, 0, kv), got);
    if (a.count == 1) {
        return;
    }
    int cut = 1 + below(random, a.count - 1);
    launch::Attention head = a;
    head.count = cut;
    launch::Attention tail = a;
    tail.base = a.base + cut;
    tail.count = a.count - cut;
    vector<float> both = run_attention(head, device_q, ld_q, 0, cut_cache(a, full, a.base + cut));
    vector<float> rest = run_attention(tail, device_q, ld_q, cut, kv);
    both.insert(both.end(), rest.begin(), rest.end());
    check::same_bits(what + ", cut at " + to_string(cut), both, got);
    int alone = below(random, a.count);
    launch::Attention one = a;
    one.base = a.base + alone;
    one.count = 1;
    check::same_bits(what + ", row " + to_string(alone) + " alone",
                     run_attention(one, device_q, ld_q, alone, cut_cache(a, full, a.base + alone + 1)),
                     vector<float>(got.begin() + alone * width, got.begin() + (alone + 1) * width));
}

// ---- All -----------------------------------------------------------------------------------------------------------------

static void expect_rule(const check::Catalogue& catalogue, const string& kernel, const char* axis, const string& of, int by) {
    check::near("catalogue: " + kernel + " grid." + axis, 0, catalogue.by(kernel, axis, of), by, 0);
}

// launch_prefill.h says what the catalogue says.
static void test_catalogue(const check::Catalogue& catalogue) {
    for (int tile : {16, 64, 128}) {
        string kernel = "gemm_" + to_string(tile);
        expect_rule(catalogue, kernel, "x", "rows", tile);
        expect_rule(catalogue, kernel, "y", "count", tile);
        check::near("catalogue: block of " + kernel, 0, catalogue.block(kernel), tile == 128 ? 256 : 128, 0);
    }
    expect_rule(catalogue, "attend_rows", "x", "heads", 1);
    expect_rule(catalogue, "attend_rows", "y", "count", 64);
    check::near("catalogue: block of attend_rows", 0, catalogue.block("attend_rows"), 128, 0);
    expect_rule(catalogue, "embed_rows", "x", "cols", 2048);
    expect_rule(catalogue, "embed_rows", "y", "count", 1);
    expect_rule(catalogue, "embed_row", "x", "cols", 2048);
    for (const char* kernel : {"rms_split", "split_rows", "silu_split", "rope_store"}) {
        expect_rule(catalogue, kernel, "x", "count", 1);
        check::near(string("catalogue: block of ") + kernel, 0, catalogue.block(kernel), 256, 0);
    }
    for (int head : {64, 128}) {
        check::near("catalogue: shared memory of attend_rows", head, catalogue.shared("attend_rows", head),
                    launch::attend_shared(head), 0);
    }
}

int main(int arguments, char** values) {
    if (arguments < 2) {
        std::printf("FAILED usage: prefill_test CATALOGUE [small]\n");
        return 1;
    }
    tiny = arguments > 2 && string(values[2]) == "tiny";
    small = tiny || (arguments > 2 && string(values[2]) == "small");
    test_catalogue(check::Catalogue(values[1]));
    launch::allow_shared();
    Random random(20261124);
    vector<int> counts = tiny ? vector<int>{70} : small ? vector<int>{1, 17, 130} : vector<int>{1, 2, 15, 16, 17, 33, 130};
    vector<int> columns = tiny ? vector<int>{768} : small ? vector<int>{8, 160, 768} : vector<int>{8, 160, 768, 896, 4864};
    vector<int> rows = tiny ? vector<int>{130} : small ? vector<int>{7, 130} : vector<int>{1, 7, 130, 896};
    vector<int> bases = tiny ? vector<int>{1} : small ? vector<int>{0, 63} : vector<int>{0, 1, 63, 64, 100};
    vector<int> groups = tiny ? vector<int>{1} : vector<int>{1, 2, 7};
    for (StoredType type : TYPES) {
        for (int cols : columns) {
            for (int r : small ? vector<int>{7} : vector<int>{1, 7, 130}) {
                if (!tiny && cols % type.elements == 0) {
                    test_matrix(random, type, r, cols);
                }
            }
        }
        if (!tiny) {
            test_quantized_gemm(random, type, 17, small ? 20 : 130, 768);
        }
    }
    test_unknown_token();
    for (int cols : columns) {
        for (int count : {1, 2, 17}) {
            test_splits(random, count, cols);
        }
        for (int count : counts) {
            for (int r : rows) {
                test_gemm(random, count, r, cols);
            }
        }
    }
    test_gemm_not_finite();
    for (int kv_type : {KV_F16, KV_F32}) {
        for (int head_size : {64, 128}) {
            for (int group : groups) {
                for (int base : bases) {
                    for (int count : counts) {
                        test_attention(random, {2 * group, 2, head_size, 1, base + count + 3, kv_type, base, count});
                    }
                }
                for (int half_split : {0, 1}) {
                    test_rope(random, {2 * group, 2, head_size, 1, 90, kv_type, 63, 17}, head_size, half_split);
                    test_rope(random, {2 * group, 2, head_size, 1, 5, kv_type, 0, 1}, head_size / 2, half_split);
                }
            }
        }
    }
    std::printf("worst error: gemm %.2g of sum|a||w| (quantized %.2g), attention %.2g of max|v|\n", worst_gemm,
                worst_quantized, worst_attention);
    return check::verdict();
}
