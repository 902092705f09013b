#!/bin/sh
# Compiles all kernels into one fatbin for Java to load: machine code for sm_80 and sm_90, PTX for what comes after.
#
#   build-fatbin.sh SOURCES FATBIN        SOURCES: folder of .cu and .cuh files
#
# Does nothing when FATBIN is newer than every source. Where there is no nvcc (looked for on PATH and in
# /usr/local/cuda*/bin) it says so in one line and leaves no fatbin: the worker then has no GPU engine. The .cu files are
# one translation unit, so that the driver loads one module.
set -eu
sources=$1
fatbin=$2
self=$0

find_nvcc() {
    if command -v nvcc; then
        return
    fi
    for candidate in /usr/local/cuda/bin/nvcc /usr/local/cuda-*/bin/nvcc; do
        if [ -x "$candidate" ]; then
            echo "$candidate"
            return
        fi
    done
}

nvcc=$(find_nvcc)
if [ -z "$nvcc" ]; then
    rm -f "$fatbin"
    echo "kernels: no nvcc on PATH or in /usr/local/cuda*/bin, so this build has no GPU engine (CUDA toolkit 12 or later makes one)"
    exit 0
fi
# A folder is newer than the fatbin when a file was added to it or removed.
if [ -f "$fatbin" ] && [ -z "$(find "$sources" "$self" -newer "$fatbin")" ]; then
    exit 0
fi
mkdir -p "$(dirname "$fatbin")"
unit=$(dirname "$fatbin")/touchstone.cu.tmp
part=$fatbin.part
trap 'rm -f "$unit" "$part"' EXIT
for file in "$sources"/*.cu; do
    echo "#include \"$(basename "$file")\""
done >"$unit"
echo "kernels: compiling $(grep -c . "$unit") files with $("$nvcc" --version | sed -n 's/.*release \([0-9.]*\).*/nvcc \1/p')"
"$nvcc" -x cu -std=c++17 -O3 -I "$sources" --threads 2 \
    -gencode arch=compute_80,code=sm_80 \
    -gencode arch=compute_90,code=[sm_90,compute_90] \
    -fatbin -o "$part" "$unit"
mv "$part" "$fatbin"
