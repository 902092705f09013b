#!/usr/bin/env bash
# Records what a host with an NVIDIA GPU shows of a worker that decodes honestly, and of workers that do not: the evidence
# that feeds the host faults of the teeth where there is no GPU. The GPU machine needs nvcc, a driver, 10 GiB of memory and
# 5 GiB of disk, but no Java and no Maven.
#
#   record.sh pack             here, in a checkout that Maven has compiled (mvn -B -ntp -q -pl harness compile):
#                              makes .gpu/runtime/runtime.tar.gz, about 30 MiB: a Java runtime, the kit, and this folder
#   record.sh record [MODE...] on the GPU machine, from the unpacked folder: runs decode.cu in every mode, one after
#                              another, `touchstone evidence` beside each for $SECONDS_EACH (9) seconds; about five minutes
#                              on an H100. Leaves $OUT/recordings.tar.gz and $OUT/machine.txt ($OUT is ./out where unset).
#                              With modes named, only those.
#   record.sh take FILE        here: takes recordings.tar.gz apart into src/main/resources/teeth/host/MODE.json.gz
#
# On the GPU machine:
#   mkdir -p /tmp/ts && tar -C /tmp/ts -xzf .gpu/runtime/runtime.tar.gz && bash /tmp/ts/runtime/record/record.sh record
set -euo pipefail
self=$(readlink -f "$0")
here=$(dirname "$self")
modes=(honest claims-vram cpu-fallback zero-copy copied-per-step heap-copy mapped-hot mostly-offloaded offloaded kv-leak
    model-reloaded paged-in-again host-leak layers-on-cpu kv-in-host cpu-sometimes idle runner-replaced host-leak-swapped)
each=${SECONDS_EACH:-9}
longest=${SECONDS_ALL:-520} # a call of the machine may take 600 s; no mode is begun after this
readonly modes each longest

pack() {
    local root work jdk jar
    root=$(git -C "$here" rev-parse --show-toplevel)
    cd "$root"
    [ -d harness/target/classes/dev/touchstone/harness/evidence ] ||
        { echo "record.sh: harness is not compiled: mvn -B -ntp -q -pl harness compile" >&2; exit 1; }
    jdk=$(./touchstone --java-home)
    work=$(mktemp -d)
    mkdir -p "$work/runtime/kit/lib" .gpu/runtime
    cp -r harness/target/classes "$work/runtime/kit/classes"
    for jar in picocli-4 jackson-databind-2 jackson-core-2 jackson-annotations-2; do
        find ~/.m2 -name "$jar*.jar" ! -name '*sources*' | sort -V | tail -1 | xargs -I{} cp {} "$work/runtime/kit/lib/"
    done
    "$jdk/bin/jlink" --add-modules java.base,java.logging,java.xml,java.sql,jdk.unsupported \
        --strip-debug --no-header-files --no-man-pages --compress zip-9 --output "$work/runtime/java"
    cp -r "$here" "$work/runtime/record"
    rm -f .gpu/runtime/*
    tar -C "$work" -czf .gpu/runtime/runtime.tar.gz runtime
    rm -rf "$work"
    ls -la .gpu/runtime
}

machine() {
    date -u +%Y-%m-%dT%H:%M:%SZ
    nvidia-smi || true
    nvcc --version | tail -2
    uname -a
    nproc
    grep -E 'MemTotal|SwapTotal' /proc/meminfo
    df -hT "$1"
}

# Records one mode; work, rec and java are those of `record`.
one() {
    local mode=$1 pid
    "$work/decode" "$mode" "$work/ready" "$rec/$mode.result.json" "$work/weights.gguf" 2> "$rec/$mode.err" &
    pid=$!
    for _ in $(seq 400); do
        [ -s "$work/ready" ] && break
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    if [ ! -s "$work/ready" ]; then
        echo "not recorded: $(cat "$rec/$mode.err")"
        kill -9 "$pid" 2>/dev/null || true
        wait "$pid" || true
        return 0
    fi
    timeout 60 "${java[@]}" evidence --pid "$pid" --seconds "$each" --json "$rec/$mode.json" > "$rec/$mode.txt" 2>&1 ||
        echo "evidence ended with status $?"
    cat "$rec/$mode.txt"
    kill "$pid" 2>/dev/null || true
    for _ in $(seq 100); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
    kill -9 "$pid" 2>/dev/null || true
    wait "$pid" || true
    cat "$rec/$mode.result.json" 2>/dev/null || echo "no result: $(cat "$rec/$mode.err")"
}

# B140 needs memory that is swapped out; most GPU machines have no swap of their own.
swap() {
    grep -q '^/' /proc/swaps && return 0
    dd if=/dev/zero of="$work/swap" bs=1M count=1024 status=none && chmod 600 "$work/swap" &&
        mkswap -q "$work/swap" && swapon "$work/swap"
}

record() {
    local out work rec mode
    out=${OUT:-$PWD/out}
    work=$(mktemp -d)
    rec=$(mktemp -d)
    # shellcheck disable=SC2064 # the names of now
    trap "swapoff '$work/swap' 2>/dev/null; rm -rf '$work' '$rec'" EXIT
    mkdir -p "$out"
    export PATH=$PATH:/usr/local/cuda/bin
    local java=("$here/../java/bin/java" --enable-native-access=ALL-UNNAMED -XX:TieredStopAtLevel=1 -Xmx512m
        -cp "$here/../kit/classes:$here/../kit/lib/*" dev.touchstone.harness.cli.Main)
    machine "$work" > "$rec/machine.txt" 2>&1 || true
    cat "$rec/machine.txt"
    nvcc -O3 -std=c++17 ${NVCC_ARCH:--arch=native} "$here/decode.cu" -o "$work/decode" -Xcompiler -pthread
    "$work/decode" write - - "$work/weights.gguf"
    echo "the model file was written after $SECONDS s"
    [ $# -gt 0 ] || set -- "${modes[@]}"
    for mode in "$@"; do
        if [ "$SECONDS" -gt "$longest" ]; then echo "== $mode: no time left"; continue; fi
        echo "== $mode ($SECONDS s)"
        rm -f "$work"/ready*
        if [ "$mode" = host-leak-swapped ] && ! swap > "$rec/swap.txt" 2>&1; then
            echo "not recorded: no swap: $(cat "$rec/swap.txt")"
            continue
        fi
        one "$mode"
        # again after every mode, so that a call that is cut brings home what there is
        cp "$rec/machine.txt" "$out/"
        tar -C "$rec" -czf "$out/recordings.tar.gz" .
    done
    ls -la "$out"
}

take() {
    local from=$1 to="$here/../src/main/resources/teeth/host" work file mode
    work=$(mktemp -d)
    mkdir -p "$to"
    tar -C "$work" -xzf "$from"
    for file in "$work"/*.result.json; do
        mode=$(basename "$file" .result.json)
        [ -s "$work/$mode.json" ] || { echo "$mode: no samples"; continue; }
        printf '{"result": %s, "samples": %s}' "$(cat "$file")" "$(cat "$work/$mode.json")" | gzip -9n > "$to/$mode.json.gz"
    done
    cp "$work/machine.txt" "$to/machine.txt"
    rm -rf "$work"
    du -shb "$to"
}

case "${1:-}" in
pack) pack ;;
record) shift; record "$@" ;;
take) take "${2:?take FILE}" ;;
*) sed -n '2,17p' "$self" | sed 's/^# \{0,1\}//'; exit 2 ;;
esac
