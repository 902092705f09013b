// decode MODE READY RESULT FILE: a stand-in for an inference worker, for the recordings of what a host shows.
//
// It has 4 GiB of "weights" and "decodes" by reading all of them once a step, a step standing for one token, until SIGTERM.
// 4 GiB, because VR-03 allows half of the model and 1 GiB: of a smaller model no copy could be told from what is allowed.
//   MODE    what it does wrong with them, see `modes` below; `honest` is the twin of all, `write` only makes FILE
//   READY   a file that it makes once it decodes; holds its pid
//   RESULT  a file that it makes at the end: one line of JSON with the steps done and the time that they took
//   FILE    the "model file" of 4 GiB, made by `decode write - - FILE`
// Build: nvcc -O3 -std=c++17 -arch=native decode.cu -o decode -Xcompiler -pthread
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <map>
#include <string>
#include <sys/mman.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

constexpr size_t MIB = 1 << 20;
constexpr size_t WEIGHTS = 4096 * MIB;
constexpr size_t FILE_PART = 256 * MIB;   // of the model file that is read again each time
constexpr size_t LEAKED_VRAM = 32 * MIB;  // each time, about the cache of a short job
constexpr size_t KV_IN_HOST = 256 * MIB;
constexpr size_t OWN_HEAP = 64 * MIB;     // what a small worker has anyway, where a leak is to be seen against it
constexpr size_t KEPT_A_STEP = 8 << 10;
constexpr size_t SWAPPED_EACH_TIME = 2 * MIB;
constexpr int RUNNER_STEPS = 64;
using Clock = std::chrono::steady_clock;
constexpr auto EACH_TIME = std::chrono::milliseconds(200);
constexpr auto TURN = std::chrono::milliseconds(1500);
constexpr auto RUNNER_STEP = std::chrono::milliseconds(25);

/** Where the weights are and what happens to them, in bytes and yes or no. */
struct Mode {
    size_t device = WEIGHTS;  // read from GPU memory at every step
    size_t pinned = 0;        // read by the GPU out of pinned host memory at every step
    size_t heap = 0;          // a copy, or what the CPU reads
    bool idle = false;        // no steps
    bool copies = false;      // copies all weights to the GPU before every step
    bool cpu = false;         // the CPU reads the heap at every step, and the GPU nothing
    bool cpuToo = false;      // the CPU reads the heap after the GPU has read its part
    bool turns = false;       // by turns of 1.5 s on the GPU and on the CPU
    bool noCuda = false;
    bool mapped = false;      // keeps FILE mapped, with all its pages resident
    bool pagesIn = false;     // drops a part of the mapping and of the page cache, and touches it again
    bool reads = false;       // reads a part of FILE again, past the page cache
    bool leaksVram = false;
    bool leaksHost = false;
    bool leaksSwap = false;   // leaks host memory that is swapped out at once
    int stepsOfRunner = 0;    // ends after so many, slow ones
};

const size_t LESS = WEIGHTS / 10 * 3 / MIB * MIB;  // 30 % of the layers
const size_t MOST = WEIGHTS / 10 * 8 / MIB * MIB;  // 80 %

std::map<std::string, Mode> allModes() {
    std::map<std::string, Mode> m;
    m["honest"] = {};
    m["idle"].idle = true;
    m["zero-copy"].device = 0, m["zero-copy"].pinned = WEIGHTS;
    m["copied-per-step"].copies = true;
    m["cpu-fallback"].cpu = true, m["cpu-fallback"].heap = WEIGHTS;
    m["cpu-sometimes"].turns = true, m["cpu-sometimes"].heap = WEIGHTS;
    m["claims-vram"].noCuda = m["claims-vram"].cpu = true, m["claims-vram"].heap = WEIGHTS;
    m["heap-copy"].heap = WEIGHTS;
    m["mapped-hot"].mapped = true;
    m["offloaded"].device = WEIGHTS - LESS, m["offloaded"].pinned = LESS;
    m["mostly-offloaded"].device = WEIGHTS - MOST, m["mostly-offloaded"].pinned = MOST;
    m["layers-on-cpu"].device = WEIGHTS - LESS, m["layers-on-cpu"].heap = LESS, m["layers-on-cpu"].cpuToo = true;
    m["kv-in-host"].pinned = KV_IN_HOST;
    m["kv-leak"].leaksVram = true;
    m["model-reloaded"].reads = true;
    m["paged-in-again"].pagesIn = true;
    m["host-leak"].leaksHost = true;
    m["host-leak-swapped"].leaksSwap = true;
    m["runner"].stepsOfRunner = RUNNER_STEPS;
    return m;
}

volatile sig_atomic_t over = 0;
void stop(int) { over = 1; }

[[noreturn]] void fail(const char *what) {
    perror(what);
    exit(3);
}

void ok(cudaError_t status, const char *what) {
    if (status != cudaSuccess) {
        fprintf(stderr, "%s: %s\n", what, cudaGetErrorString(status));
        exit(3);
    }
}
#define OK(x) ok((x), #x)

__global__ void readAll(const uint4 *w, size_t n, unsigned *out) {
    unsigned x = 0;
    for (size_t i = blockIdx.x * (size_t)blockDim.x + threadIdx.x; i < n; i += (size_t)gridDim.x * blockDim.x) {
        uint4 v = w[i];
        x ^= v.x ^ v.y ^ v.z ^ v.w;
    }
    if (x == 12345) *out = x;
}

int threads() {
    int cores = (int)std::thread::hardware_concurrency();
    return cores > 8 ? cores - 4 : cores > 1 ? cores - 1 : 1;  // the recorder needs some too
}

template <class Work> void inParallel(size_t bytes, Work work) {
    std::vector<std::thread> team;
    int n = threads();
    size_t part = bytes / n / 4096 * 4096;
    for (int t = 0; t < n; t++) {
        size_t from = t * part, to = t == n - 1 ? bytes : from + part;
        team.emplace_back([=] { work(from, to); });
    }
    for (auto &one : team) one.join();
}

volatile uint64_t sink;

void cpuReads(const char *heap, size_t bytes) {
    inParallel(bytes, [=](size_t from, size_t to) {
        const uint64_t *p = (const uint64_t *)(heap + from);
        uint64_t s = 0;
        for (size_t i = 0, n = (to - from) / 8; i < n; i++) s += p[i];
        sink = s;
    });
}

char *anonymous(size_t bytes) {
    void *p = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) fail("mmap");
    return (char *)p;
}

char *filled(size_t bytes) {
    char *p = anonymous(bytes);
    inParallel(bytes, [=](size_t from, size_t to) { memset(p + from, 1, to - from); });
    return p;
}

void touch(const char *p, size_t bytes) {
    inParallel(bytes, [=](size_t from, size_t to) {
        uint64_t s = 0;
        for (size_t i = from; i < to; i += 4096) s += p[i];
        sink = s;
    });
}

char *mapped(const char *file) {
    int fd = open(file, O_RDONLY);
    if (fd < 0) fail(file);
    void *p = mmap(nullptr, WEIGHTS, PROT_READ, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED) fail("mmap of the model file");
    close(fd);
    return (char *)p;
}

int writeFile(const char *file) {
    int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0) fail(file);
    std::vector<char> part(16 * MIB);
    for (size_t i = 0; i < part.size(); i++) part[i] = (char)(i * 2654435761u >> 13);
    for (size_t done = 0; done < WEIGHTS; done += part.size())
        if (write(fd, part.data(), part.size()) != (ssize_t)part.size()) fail("write");
    if (fsync(fd)) fail("fsync");
    posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    return close(fd);
}

/** Reads a part of the file past the page cache, or where the file system knows no O_DIRECT, after dropping it there. */
void readAgain(const char *file, size_t from) {
    static void *buffer = nullptr;
    if (!buffer && posix_memalign(&buffer, 4096, 8 * MIB)) fail("posix_memalign");
    int fd = open(file, O_RDONLY | O_DIRECT);
    if (fd < 0) fd = open(file, O_RDONLY);
    if (fd < 0) fail(file);
    posix_fadvise(fd, from, FILE_PART, POSIX_FADV_DONTNEED);
    for (size_t at = from; at < from + FILE_PART && !over; at += 8 * MIB)
        if (pread(fd, buffer, 8 * MIB, at) < 0) fail("pread");
    close(fd);
}

void pageInAgain(const char *file, char *map, size_t from) {
    if (madvise(map + from, FILE_PART, MADV_DONTNEED)) fail("madvise");
    int fd = open(file, O_RDONLY);
    if (fd < 0) fail(file);
    posix_fadvise(fd, from, FILE_PART, POSIX_FADV_DONTNEED);
    close(fd);
    touch(map + from, FILE_PART);
}

/** What a worker does beside decoding, until the end. */
void aside(const Mode &mode, const char *file, char *map) {
    size_t at = 0;
    for (auto next = Clock::now(); !over; next = std::max(next + EACH_TIME, Clock::now())) {
        std::this_thread::sleep_until(next);
        if (mode.reads) readAgain(file, at);
        if (mode.pagesIn) pageInAgain(file, map, at);
        at = (at + FILE_PART) % WEIGHTS;
        if (mode.leaksSwap) {
#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif
            char *kept = anonymous(SWAPPED_EACH_TIME);
            memset(kept, 7, SWAPPED_EACH_TIME);
            if (madvise(kept, SWAPPED_EACH_TIME, MADV_PAGEOUT)) fail("madvise(MADV_PAGEOUT)");
        }
    }
}

void say(const char *file, const std::string &text) {
    FILE *f = fopen(file, "w");
    if (!f || fputs(text.c_str(), f) < 0 || fclose(f)) fail(file);
}

void result(const char *file, const char *name, const Mode &mode, long steps, Clock::time_point start) {
    double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    char line[512];
    snprintf(line, sizeof line,
            "{\"mode\": \"%s\", \"weights\": %zu, \"device\": %zu, \"pinned\": %zu, \"heap\": %zu, \"steps\": %ld,"
            " \"seconds\": %.3f, \"steps_per_second\": %.4f, \"cpu_threads\": %d}\n",
            name, WEIGHTS, mode.noCuda ? 0 : mode.device, mode.copies ? WEIGHTS : mode.pinned, mode.heap, steps, seconds, steps / seconds,
            mode.cpu || mode.cpuToo || mode.turns ? threads() : 0);
    say(file, line);
}

/** A worker whose runner, a process of its own, is replaced again and again. Its steps are those of its runners. */
int replaceRunners(char **argv) {
    std::string ready = argv[2];
    long steps = 0;
    auto start = Clock::now();
    bool first = true;
    while (!over) {
        std::string mine = ready + ".runner";
        unlink(mine.c_str());
        pid_t child = fork();
        if (child < 0) fail("fork");
        if (child == 0) {
            execl("/proc/self/exe", "decode", "runner", mine.c_str(), (mine + ".result").c_str(), argv[4], (char *)nullptr);
            _exit(127);
        }
        while (!over && access(mine.c_str(), F_OK) && waitpid(child, nullptr, WNOHANG) == 0)
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        if (first) {
            say(argv[2], std::to_string(getpid()) + "\n");
            start = Clock::now();
            first = false;
        }
        while (!over && waitpid(child, nullptr, WNOHANG) == 0) std::this_thread::sleep_for(std::chrono::milliseconds(5));
        if (over) kill(child, SIGTERM);
        waitpid(child, nullptr, 0);
        steps += RUNNER_STEPS;
    }
    result(argv[3], argv[1], Mode{}, steps, start);
    return 0;
}

struct Memory {
    uint4 *device = nullptr, *pinned = nullptr, *pinnedOnGpu = nullptr;
    unsigned *out = nullptr;
    char *heap = nullptr, *map = nullptr;
};

Memory load(const Mode &mode, const char *file) {
    Memory m;
    if (mode.heap) m.heap = filled(mode.heap);
    if (mode.leaksHost || mode.leaksSwap) filled(OWN_HEAP);
    if (mode.mapped || mode.pagesIn) m.map = mapped(file);
    if (mode.mapped) touch(m.map, WEIGHTS);
    if (mode.noCuda) return m;
    OK(cudaMalloc(&m.out, 4));
    if (mode.device) {
        OK(cudaMalloc(&m.device, mode.device));
        OK(cudaMemset(m.device, 1, mode.device));
    }
    size_t pinned = mode.copies ? WEIGHTS : mode.pinned;
    if (pinned) {
        OK(cudaHostAlloc(&m.pinned, pinned, cudaHostAllocMapped));
        char *p = (char *)m.pinned;
        inParallel(pinned, [=](size_t from, size_t to) { memset(p + from, 1, to - from); });
        OK(cudaHostGetDevicePointer(&m.pinnedOnGpu, m.pinned, 0));
    }
    OK(cudaDeviceSynchronize());
    return m;
}

void gpuStep(const Mode &mode, const Memory &m) {
    if (mode.copies) OK(cudaMemcpyAsync(m.device, m.pinned, WEIGHTS, cudaMemcpyHostToDevice));
    if (mode.device) readAll<<<2048, 256>>>(m.device, mode.device / 16, m.out);
    if (mode.pinned) readAll<<<2048, 256>>>(m.pinnedOnGpu, mode.pinned / 16, m.out);
    OK(cudaGetLastError());
    OK(cudaDeviceSynchronize());
}

void step(const Mode &mode, const Memory &m, Clock::time_point start) {
    bool cpuTurn = mode.turns && (Clock::now() - start) / TURN % 2 == 1;
    if (!mode.cpu && !cpuTurn) gpuStep(mode, m);
    if (mode.cpu || mode.cpuToo || cpuTurn) cpuReads(m.heap, mode.heap);
    if (mode.leaksHost) memset(anonymous(KEPT_A_STEP), 7, KEPT_A_STEP);
    if (mode.stepsOfRunner) std::this_thread::sleep_for(RUNNER_STEP);
}

long decode(const Mode &mode, const Memory &m, Clock::time_point start) {
    long steps = 0;
    auto leak = start;
    while (!over && (!mode.stepsOfRunner || steps < mode.stepsOfRunner)) {
        if (mode.idle) {
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
            continue;
        }
        step(mode, m, start);
        steps++;
        if (mode.leaksVram && Clock::now() - leak >= EACH_TIME) {
            void *kept;
            OK(cudaMalloc(&kept, LEAKED_VRAM));
            leak += EACH_TIME;
        }
    }
    return steps;
}

}  // namespace

int main(int argc, char **argv) {
    if (argc != 5) {
        fprintf(stderr, "usage: decode MODE READY RESULT FILE\n");
        return 2;
    }
    std::string name = argv[1];
    if (name == "write") return writeFile(argv[4]);
    signal(SIGTERM, stop);
    if (name == "runner-replaced") return replaceRunners(argv);
    auto modes = allModes();
    if (!modes.count(name)) {
        fprintf(stderr, "decode: the mode is '%s'; accepted are write, runner-replaced", name.c_str());
        for (auto &one : modes) fprintf(stderr, ", %s", one.first.c_str());
        fprintf(stderr, "\n");
        return 2;
    }
    const Mode mode = modes[name];
    Memory m = load(mode, argv[4]);
    std::thread other;
    auto start = Clock::now();
    if (mode.reads || mode.pagesIn || mode.leaksSwap) other = std::thread(aside, std::cref(mode), argv[4], m.map);
    say(argv[2], std::to_string(getpid()) + "\n");
    long steps = decode(mode, m, start);
    over = 1;
    if (other.joinable()) other.join();
    result(argv[3], argv[1], mode, steps, start);
    return 0;
}
