// A small harness for kernel tests: guarded device memory, seeded randomness, comparisons that NaN never passes, and the
// launch rules of catalogue.json. One line a failure; exit status 1 if there was one or if nothing was compared.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <cuda_runtime.h>

namespace check {

inline long comparisons = 0;
inline long failures = 0;

inline void fail(const std::string& what) {
    if (++failures <= 50) {
        std::printf("FAILED %s\n", what.c_str());
    }
}

inline void cuda(cudaError_t status, const char* what) {
    if (status != cudaSuccess) {
        std::printf("FAILED %s: %s\n", what, cudaGetErrorString(status));
        std::exit(1);
    }
}

inline void finished(const char* what) {
    cuda(cudaGetLastError(), what);
    cuda(cudaDeviceSynchronize(), what);
}

// Ends a test program: its exit status.
inline int verdict() {
    if (comparisons == 0) {
        fail("nothing was compared");
    }
    std::printf("%ld values compared, %ld failures\n", comparisons, failures);
    return failures == 0 ? 0 : 1;
}

// SplitMix64.
class Random {
public:
    explicit Random(uint64_t seed) : state(seed) {}

    uint64_t bits() {
        uint64_t z = (state += 0x9E3779B97F4A7C15u);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
        return z ^ (z >> 31);
    }
    double unit() { return static_cast<double>(bits() >> 11) * 0x1p-53; }
    // Roughly normal, within +-4.
    float value() {
        return static_cast<float>((unit() + unit() + unit() + unit() - 2.0) * 2.0);
    }
    std::vector<float> values(size_t n) {
        std::vector<float> v(n);
        for (float& f : v) {
            f = value();
        }
        return v;
    }

private:
    uint64_t state;
};

// Device memory with guards of poison (NaN in every format) before and behind, poisoned itself until written. The start
// is 256-byte aligned; the guard behind serves as the readable spare bytes of a plane.
class Buffer {
public:
    explicit Buffer(size_t bytes) : bytes(bytes) {
        cuda(cudaMalloc(&base, GUARD + bytes + GUARD), "cudaMalloc");
        cuda(cudaMemset(base, 0xFF, GUARD + bytes + GUARD), "cudaMemset");
    }
    template <typename T>
    explicit Buffer(const std::vector<T>& content) : Buffer(content.size() * sizeof(T)) {
        set(content);
    }
    Buffer(Buffer&& other) noexcept : base(std::exchange(other.base, nullptr)), bytes(other.bytes) {}
    Buffer(const Buffer&) = delete;
    ~Buffer() { cudaFree(base); }

    template <typename T = void>
    T* at() const {
        return reinterpret_cast<T*>(base + GUARD);
    }
    template <typename T>
    void set(const std::vector<T>& content) {
        if (content.size() * sizeof(T) > bytes) {
            fail("the test's buffer is too small");
            return;
        }
        cuda(cudaMemcpy(at(), content.data(), content.size() * sizeof(T), cudaMemcpyHostToDevice), "cudaMemcpy");
    }
    void poison() { cuda(cudaMemset(at(), 0xFF, bytes), "cudaMemset"); }
    template <typename T>
    std::vector<T> get() const {
        std::vector<T> content(bytes / sizeof(T));
        cuda(cudaMemcpy(content.data(), at(), content.size() * sizeof(T), cudaMemcpyDeviceToHost), "cudaMemcpy");
        return content;
    }
    // Tells whether anything was written beside the buffer.
    void guarded(const std::string& what) const {
        std::vector<uint8_t> guards(2 * GUARD);
        cuda(cudaMemcpy(guards.data(), base, GUARD, cudaMemcpyDeviceToHost), "cudaMemcpy");
        cuda(cudaMemcpy(guards.data() + GUARD, base + GUARD + bytes, GUARD, cudaMemcpyDeviceToHost), "cudaMemcpy");
        for (size_t i = 0; i < guards.size(); i++) {
            if (guards[i] != 0xFF) {
                fail(what + ": wrote beside its buffer, guard byte " + std::to_string(i));
                return;
            }
        }
    }

private:
    static constexpr size_t GUARD = 256;
    uint8_t* base = nullptr;
    size_t bytes;
};

// |got - want| <= allowed; false for NaN.
inline void near(const std::string& what, size_t index, double got, double want, double allowed) {
    comparisons++;
    if (!(std::fabs(got - want) <= allowed)) {
        char text[160];
        std::snprintf(text, sizeof text, " [%zu]: got %.9g, want %.9g, allowed %.3g", index, got, want, allowed);
        fail(what + text);
    }
}

template <typename T>
void same_bits(const std::string& what, const std::vector<T>& got, const std::vector<T>& want) {
    comparisons += static_cast<long>(want.size());
    if (got.size() != want.size()) {
        fail(what + ": sizes differ");
        return;
    }
    for (size_t i = 0; i < want.size(); i++) {
        if (std::memcmp(&got[i], &want[i], sizeof(T)) != 0) {
            fail(what + ": differs in bits at " + std::to_string(i));
            return;
        }
    }
}

// What catalogue.json says of a kernel; the file has one kernel a line.
class Catalogue {
public:
    explicit Catalogue(const std::string& path) {
        std::ifstream in(path);
        std::stringstream all;
        all << in.rdbuf();
        text = all.str();
        if (text.empty()) {
            std::printf("FAILED no catalogue at %s\n", path.c_str());
            std::exit(1);
        }
    }
    int block(const std::string& kernel) const { return number(line(kernel), "\"block\":"); }
    // Elements of the quantity `of` that a block takes along an axis of the grid.
    int by(const std::string& kernel, const char* axis, const std::string& of) const {
        std::string rule = part(line(kernel), std::string("\"") + axis + "\":");
        if (rule.find("\"of\":\"" + of + "\"") == std::string::npos) {
            std::printf("FAILED catalogue: grid.%s of %s goes by another quantity than %s\n", axis, kernel.c_str(),
                of.c_str());
            std::exit(1);
        }
        return number(rule, "\"by\":");
    }
    int grid(const std::string& kernel, const char* axis, const std::string& of, int quantity) const {
        int each = by(kernel, axis, of);
        return (quantity + each - 1) / each;
    }
    // Dynamic shared memory for matrices of so many columns.
    size_t shared(const std::string& kernel, int cols) const {
        std::string rule = part(line(kernel), "\"shared_bytes\":");
        if (rule[0] == '0') {
            return 0;
        }
        int each = number(rule, "\"by\":");
        return static_cast<size_t>((cols + each - 1) / each) * number(rule, "\"times\":");
    }

private:
    std::string text;

    std::string line(const std::string& kernel) const {
        size_t at = text.find("\"name\":\"" + kernel + "\"");
        if (at == std::string::npos) {
            std::printf("FAILED catalogue: no kernel %s\n", kernel.c_str());
            std::exit(1);
        }
        return text.substr(at, text.find('\n', at) - at);
    }
    static std::string part(const std::string& from, const std::string& key) {
        size_t at = from.find(key);
        if (at == std::string::npos) {
            std::printf("FAILED catalogue: no %s in %s\n", key.c_str(), from.c_str());
            std::exit(1);
        }
        at += key.size();
        return from.substr(at, from.find('}', at) - at);
    }
    static int number(const std::string& from, const std::string& key) {
        return std::atoi(part(from, key).c_str());
    }
};

} // namespace check
