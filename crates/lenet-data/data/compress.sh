#!/bin/sh
# Makes mnist.zst, beside this script, from a folder of MNIST's four gzip files.
#
#     ./compress.sh FOLDER
#
# Needs gzip, sha256sum and zstd (made with 1.5.4). The window (-22 takes 128 MiB, so all of
# it) is what brings the archive under 10 MB: with 8 MiB it has 9.86 MB instead of 9.59.
set -eu

if [ $# -ne 1 ]; then
    echo "usage: $0 FOLDER" >&2
    exit 2
fi
source=$(cd "$1" && pwd)
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

names="train-labels-idx1-ubyte t10k-labels-idx1-ubyte train-images-idx3-ubyte t10k-images-idx3-ubyte"
for name in $names; do
    gzip -dc "$source/$name.gz" > "$work/$name"
done
(cd "$work" && sha256sum -c) < SHA256SUMS

# Concatenated in this order; embedded.rs takes them apart again.
(cd "$work" && cat $names > archive)
zstd -q --ultra -22 -f "$work/archive" -o "$work/mnist.zst"
mv "$work/mnist.zst" mnist.zst
