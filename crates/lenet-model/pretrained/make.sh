#!/usr/bin/env bash
# Trains the network of lenet.safetensors anew, bit for bit on any processor with AVX2, and says
# what it is worth. The results of the last line belong into README.md.
set -euo pipefail
cd "$(dirname "$0")/../../.."
here=crates/lenet-model/pretrained
export LENET_SIMD=avx2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

cargo xtask train --config $here/train.toml --seed 1 --save "$scratch/full.safetensors"
cargo xtask export --checkpoint "$scratch/full.safetensors" --precision f16 \
    --out $here/lenet.safetensors
for split in validation test; do
    for file in "$scratch/full.safetensors" $here/lenet.safetensors; do
        echo "$split, $(basename "$file" .safetensors): $(cargo xtask evaluate --checkpoint "$file" --split $split)"
    done
done
sha256sum $here/lenet.safetensors
