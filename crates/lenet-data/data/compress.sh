#!/bin/sh
# Makes mnist.zst, next to this script, from a folder with the four gzip files of MNIST.
#
#     ./compress.sh FOLDER
#
# Needs gzip, sha256sum and zstd (the archive was made with 1.5.4). With -22 the window of 128 MiB
# covers all files, so the archive has 9.59 MB; with a window of 8 MiB it has 9.86 MB.
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

# embedded.rs expects the files in this order.
(cd "$work" && cat $names > archive)
zstd -q --ultra -22 -f "$work/archive" -o "$work/mnist.zst"
mv "$work/mnist.zst" mnist.zst
