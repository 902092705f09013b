// Weight matrices for kernel tests: random GGUF blocks, their values in double by the formulas of ggml's
// dequantize_row_*, read from the GGUF bytes, and the planes that kernels read, made from the same bytes.
#pragma once

#include "check.h"

#include "../../main/cuda/matrix.cuh"

namespace check {

struct TypeInfo {
    WeightType type;
    const char* name;
    int block;      // elements
    int blockBytes; // in a GGUF file
};

inline const TypeInfo TYPES[] = {
    {TYPE_F32, "f32", 1, 4},
    {TYPE_F16, "f16", 1, 2},
    {TYPE_BF16, "bf16", 1, 2},
    {TYPE_Q4_0, "q4_0", 32, 18},
    {TYPE_Q4_1, "q4_1", 32, 20},
    {TYPE_Q5_0, "q5_0", 32, 22},
    {TYPE_Q5_1, "q5_1", 32, 24},
    {TYPE_Q8_0, "q8_0", 32, 34},
    {TYPE_Q4_K, "q4_k", 256, 144},
    {TYPE_Q5_K, "q5_k", 256, 176},
    {TYPE_Q6_K, "q6_k", 256, 210},
};

inline const TypeInfo& info_of(WeightType type) {
    for (const TypeInfo& info : TYPES) {
        if (info.type == type) {
            return info;
        }
    }
    std::abort();
}

inline double half_value(const uint8_t* at) {
    int bits = at[0] | at[1] << 8;
    int exponent = bits >> 10 & 31;
    double mantissa = bits & 1023;
    double magnitude = exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(1024 + mantissa, exponent - 25);
    return (bits & 0x8000) != 0 ? -magnitude : magnitude;
}

// A weight: its value is q + m, what a scaled integer and a shift contribute. Their magnitudes bound a sum's rounding.
struct Value {
    double q;
    double m;
};

inline int six_bits(const uint8_t* scales, int group, bool min) {
    const uint8_t* s = scales + (min ? 4 : 0);
    if (group < 4) {
        return s[group] & 63;
    }
    int low = min ? scales[group + 4] >> 4 : scales[group + 4] & 15;
    return low | s[group - 4] >> 6 << 4;
}

// Element i of a block of GGUF bytes.
inline Value value_of(WeightType type, const uint8_t* b, int i) {
    auto u32 = [](const uint8_t* at) {
        uint32_t v;
        std::memcpy(&v, at, 4);
        return v;
    };
    auto nibble = [i](const uint8_t* at) { return i < 16 ? at[i] & 15 : at[i - 16] >> 4; };
    int group = i / 32;
    switch (type) {
        case TYPE_F32: {
            float f;
            std::memcpy(&f, b, 4);
            return {f, 0};
        }
        case TYPE_F16: return {half_value(b), 0};
        case TYPE_BF16: {
            uint32_t bits = static_cast<uint32_t>(b[0] | b[1] << 8) << 16;
            float f;
            std::memcpy(&f, &bits, 4);
            return {f, 0};
        }
        case TYPE_Q4_0: return {half_value(b) * (nibble(b + 2) - 8), 0};
        case TYPE_Q4_1: return {half_value(b) * nibble(b + 4), half_value(b + 2)};
        case TYPE_Q5_0: {
            int q = nibble(b + 6) | static_cast<int>(u32(b + 2) >> i & 1) << 4;
            return {half_value(b) * (q - 16), 0};
        }
        case TYPE_Q5_1: {
            int q = nibble(b + 8) | static_cast<int>(u32(b + 4) >> i & 1) << 4;
            return {half_value(b) * q, half_value(b + 2)};
        }
        case TYPE_Q8_0: return {half_value(b) * static_cast<int8_t>(b[2 + i]), 0};
        case TYPE_Q4_K:
        case TYPE_Q5_K: {
            bool five = type == TYPE_Q5_K;
            int byte = b[(five ? 48 : 16) + group / 2 * 32 + i % 32];
            int q = group % 2 == 0 ? byte & 15 : byte >> 4;
            q |= five ? (b[16 + i % 32] >> group & 1) << 4 : 0;
            return {half_value(b) * six_bits(b + 4, group, false) * q,
                -half_value(b + 2) * six_bits(b + 4, group, true)};
        }
        case TYPE_Q6_K: {
            int part = i / 128;
            int g = i % 128 / 32;
            int l = i % 32;
            int byte = b[part * 64 + g % 2 * 32 + l];
            int q = (g < 2 ? byte & 15 : byte >> 4) | (b[128 + part * 32 + l] >> 2 * g & 3) << 4;
            return {half_value(b + 208) * static_cast<int8_t>(b[192 + i / 16]) * (q - 32), 0};
        }
    }
    std::abort();
}

inline void put_half(std::vector<uint8_t>& to, size_t at, float value) {
    __half h = __float2half(value);
    std::memcpy(&to[at], &h, 2);
}

// Random blocks: any quants; scales of either sign (f16), at times 0; elements of float types around +-1.
inline std::vector<uint8_t> random_blocks(const TypeInfo& t, size_t blocks, Random& random) {
    std::vector<uint8_t> bytes(blocks * t.blockBytes);
    for (size_t i = 0; i < bytes.size(); i++) {
        bytes[i] = static_cast<uint8_t>(random.bits());
    }
    for (size_t b = 0; b < blocks; b++) {
        size_t at = b * t.blockBytes;
        float scale = b % 97 == 13 ? 0.0f : random.value() * 0.02f;
        float value = random.value();
        switch (t.type) {
            case TYPE_F32: std::memcpy(&bytes[at], &value, 4); break;
            case TYPE_F16: put_half(bytes, at, value); break;
            case TYPE_BF16: std::memcpy(&bytes[at], reinterpret_cast<uint8_t*>(&value) + 2, 2); break;
            case TYPE_Q6_K: put_half(bytes, at + 208, scale * 0.05f); break;
            case TYPE_Q4_1:
            case TYPE_Q5_1:
            case TYPE_Q4_K:
            case TYPE_Q5_K:
                put_half(bytes, at + 2, value * 0.1f);
                put_half(bytes, at, scale);
                break;
            default: put_half(bytes, at, scale); break;
        }
    }
    return bytes;
}

// A matrix on the device and its values on the host.
class Weights {
public:
    Weights(WeightType type, int rows, int cols, uint64_t seed)
        : info(info_of(type)), rows(rows), cols(cols), values(static_cast<size_t>(rows) * cols) {
        Random random(seed);
        size_t blocks = values.size() / info.block;
        std::vector<uint8_t> gguf = random_blocks(info, blocks, random);
        for (size_t i = 0; i < values.size(); i++) {
            values[i] = value_of(type, &gguf[i / info.block * info.blockBytes], static_cast<int>(i % info.block));
        }
        retile(gguf, blocks);
    }

    const TypeInfo& info;
    const int rows;
    const int cols;

    Matrix matrix() const {
        auto plane = [this](size_t i) { return i < planes.size() ? planes[i].at<uint8_t>() : nullptr; };
        return {plane(0), highs < 0 ? nullptr : plane(highs), scales < 0 ? nullptr : plane(scales), info.type, rows,
            cols, 0};
    }
    // Row r times x; `bound` becomes the sum of the terms' magnitudes.
    double dot(int r, const std::vector<double>& x, double& bound) const {
        double sum = 0;
        bound = 0;
        for (int c = 0; c < cols; c++) {
            const Value& v = values[static_cast<size_t>(r) * cols + c];
            sum += (v.q + v.m) * x[c];
            bound += (std::fabs(v.q) + std::fabs(v.m)) * std::fabs(x[c]);
        }
        return sum;
    }

private:
    std::vector<Value> values;
    std::vector<Buffer> planes;
    int highs = -1;
    int scales = -1;

    // Copies `count` bytes from `from` of every block to a plane of its own.
    int plane(const std::vector<uint8_t>& gguf, size_t blocks, std::vector<std::pair<int, int>> pieces) {
        std::vector<uint8_t> bytes;
        for (size_t b = 0; b < blocks; b++) {
            for (auto [from, count] : pieces) {
                const uint8_t* at = &gguf[b * info.blockBytes + from];
                bytes.insert(bytes.end(), at, at + count);
            }
        }
        planes.emplace_back(bytes);
        return static_cast<int>(planes.size()) - 1;
    }
    void retile(const std::vector<uint8_t>& gguf, size_t blocks) {
        switch (info.type) {
            case TYPE_Q4_0: plane(gguf, blocks, {{2, 16}}), scales = plane(gguf, blocks, {{0, 2}}); break;
            case TYPE_Q4_1: plane(gguf, blocks, {{4, 16}}), scales = plane(gguf, blocks, {{0, 4}}); break;
            case TYPE_Q5_0:
                plane(gguf, blocks, {{6, 16}});
                highs = plane(gguf, blocks, {{2, 4}});
                scales = plane(gguf, blocks, {{0, 2}});
                break;
            case TYPE_Q5_1:
                plane(gguf, blocks, {{8, 16}});
                highs = plane(gguf, blocks, {{4, 4}});
                scales = plane(gguf, blocks, {{0, 4}});
                break;
            case TYPE_Q8_0: plane(gguf, blocks, {{2, 32}}), scales = plane(gguf, blocks, {{0, 2}}); break;
            case TYPE_Q6_K: plane(gguf, blocks, {{0, 208}}), scales = plane(gguf, blocks, {{208, 2}}); break;
            default: plane(gguf, blocks, {{0, info.blockBytes}}); break;
        }
    }
};

} // namespace check
