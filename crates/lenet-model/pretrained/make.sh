#!/usr/bin/env bash
# Trains the network of lenet.safetensors anew, bit for bit on any processor with AVX2, and says
# what it is worth. What it prints at the end belongs into README.md.
set -euo pipefail
cd "$(dirname "$0")/../../.."
here=crates/lenet-model/pretrained
export LENET_SIMD=avx2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Bits follow from the sources, so a revision has to name them.
if ! git diff --quiet HEAD -- crates/*/src xtask/src $here/train.toml; then
    echo "the sources are not those of any revision: commit them first" >&2
    exit 2
fi
revision=$(git rev-parse --short=12 HEAD)
cargo build --quiet --release -p xtask
cp "${CARGO_TARGET_DIR:-target}/release/xtask" "$scratch/xtask"

"$scratch/xtask" train --config $here/train.toml --seed 1 --save "$scratch/full.safetensors"
"$scratch/xtask" export --checkpoint "$scratch/full.safetensors" --precision f16 \
    --out $here/lenet.safetensors
for split in validation test; do
    for file in "$scratch/full.safetensors" $here/lenet.safetensors; do
        echo "$split, $(basename "$file" .safetensors): $("$scratch/xtask" evaluate --checkpoint "$file" --split $split)"
    done
done
echo "revision $revision, $(rustc --version)"
sha256sum $here/lenet.safetensors
