// GGUF blocks in double precision, written from ggml's block layouts and sharing no line with the kernels, and random ones.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

#include "check.h"

inline int below(check::Random& random, int n) {
    return static_cast<int>(random.bits() % n);
}

struct StoredType {
    const char* name;
    int id;
    int elements; // of a block
    int bytes;    // of a block
};

constexpr StoredType TYPES[] = {
    {"F32", 0, 1, 4},     {"F16", 1, 1, 2},     {"BF16", 30, 1, 2},   {"Q4_0", 2, 32, 18},
    {"Q4_1", 3, 32, 20},  {"Q5_0", 6, 32, 22},  {"Q5_1", 7, 32, 24},  {"Q8_0", 8, 32, 34},
    {"Q4_K", 12, 256, 144}, {"Q5_K", 13, 256, 176}, {"Q6_K", 14, 256, 210},
};

inline double half_to_double(uint16_t h) {
    int exponent = h >> 10 & 31;
    int mantissa = h & 1023;
    double v = exponent == 31 ? (mantissa ? NAN : INFINITY)
        : exponent == 0       ? std::ldexp(mantissa, -24)
                              : std::ldexp(1024 + mantissa, exponent - 25);
    return h >> 15 ? -v : v;
}

inline double half_at(const uint8_t* p) {
    return half_to_double(static_cast<uint16_t>(p[0] | p[1] << 8));
}

// Element i of a stored block; of the types with an offset as code * d - offset * d, so that a zero is +0 as in Dequantizer.
inline double stored_element(int type, const uint8_t* b, int i) {
    auto nibble = [&](const uint8_t* q, int j) { return j < 16 ? q[j] & 15 : q[j - 16] >> 4; };
    auto fifth = [&](const uint8_t* q, int j) { return (q[j / 8] >> (j % 8) & 1) * 16; };
    auto six_bits = [&](int group, bool min) {
        const uint8_t* p = b + 4;
        if (group < 4) {
            return p[group + (min ? 4 : 0)] & 63;
        }
        int low = min ? p[group + 4] >> 4 : p[group + 4] & 15;
        return low + (p[group - (min ? 0 : 4)] >> 6) * 16;
    };
    switch (type) {
        case 0: {
            float f;
            std::memcpy(&f, b, 4);
            return f;
        }
        case 1: return half_at(b);
        case 30: {
            uint32_t word = static_cast<uint32_t>(b[0] | b[1] << 8) << 16;
            float f;
            std::memcpy(&f, &word, 4);
            return f;
        }
        case 2: return half_at(b) * nibble(b + 2, i) - 8 * half_at(b);
        case 3: return half_at(b) * nibble(b + 4, i) + half_at(b + 2);
        case 6: return half_at(b) * (nibble(b + 6, i) + fifth(b + 2, i)) - 16 * half_at(b);
        case 7: return half_at(b) * (nibble(b + 8, i) + fifth(b + 4, i)) + half_at(b + 2);
        case 8: return half_at(b) * static_cast<int8_t>(b[2 + i]);
        case 12:
        case 13: {
            int group = i / 32;
            int pair = b[(type == 12 ? 16 : 48) + i / 64 * 32 + i % 32];
            int code = group % 2 ? pair >> 4 : pair & 15;
            if (type == 13) {
                code += (b[16 + i % 32] >> group & 1) * 16;
            }
            return half_at(b) * six_bits(group, false) * code - half_at(b + 2) * six_bits(group, true);
        }
        case 14: {
            int within = i % 128;
            int l = within % 32;
            int pair = b[i / 128 * 64 + within % 64];
            int code = (within < 64 ? pair & 15 : pair >> 4) + (b[128 + i / 128 * 32 + l] >> (within / 32 * 2) & 3) * 16;
            return half_at(b + 208) * static_cast<int8_t>(b[192 + i / 16]) * (code - 32);
        }
    }
    return NAN;
}

// A matrix as a GGUF file holds it.
struct Stored {
    StoredType type;
    int rows;
    int cols;
    std::vector<uint8_t> bytes;

    size_t row_bytes() const { return static_cast<size_t>(cols) / type.elements * type.bytes; }
    double at(int row, int col) const {
        return stored_element(
            type.id, bytes.data() + row * row_bytes() + static_cast<size_t>(col) / type.elements * type.bytes,
            col % type.elements);
    }
};

// A half of either sign, at most 2^-down, now and then zero or subnormal.
inline uint16_t random_half(check::Random& random, int down) {
    int kind = below(random, 40);
    int exponent = kind == 0 ? 0 : std::max(1, 15 - down - 1 - below(random, 4));
    int mantissa = kind == 0 && below(random, 2) ? 0 : below(random, 1024);
    return static_cast<uint16_t>(below(random, 2) << 15 | exponent << 10 | mantissa);
}

inline void put_half(uint8_t* to, uint16_t h) {
    to[0] = h & 255;
    to[1] = h >> 8;
}

inline Stored random_stored(check::Random& random, StoredType type, int rows, int cols) {
    Stored s{type, rows, cols, {}};
    s.bytes.resize(rows * s.row_bytes());
    for (uint8_t& b : s.bytes) {
        b = static_cast<uint8_t>(random.bits());
    }
    for (size_t at = 0; at < s.bytes.size(); at += type.bytes) {
        uint8_t* b = s.bytes.data() + at;
        int kind = below(random, 50);
        float f = static_cast<float>(random.value() * (kind == 0 ? 1e3 : kind == 1 ? 1e-9 : kind == 2 ? 0 : 0.1));
        uint32_t word;
        std::memcpy(&word, &f, 4);
        switch (type.id) {
            case 0: std::memcpy(b, &f, 4); break;
            case 30: put_half(b, static_cast<uint16_t>(word >> 16)); break;
            case 1: put_half(b, random_half(random, 1)); break;
            case 2:
            case 6: put_half(b, random_half(random, 4)); break;
            case 8: put_half(b, random_half(random, 7)); break;
            case 3:
            case 7: put_half(b, random_half(random, 4)), put_half(b + 2, random_half(random, 1)); break;
            case 12:
            case 13: put_half(b, random_half(random, 9)), put_half(b + 2, random_half(random, 7)); break;
            case 14: put_half(b + 208, random_half(random, 11)); break;
        }
    }
    return s;
}
