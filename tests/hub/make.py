"""Writes small Parquet files as the Hugging Face hub has them for Fashion-MNIST and CIFAR-10, and expected.json.

Images are PNG in a column of structs, labels are integers. No image is symmetric, so that one with rows and columns
exchanged is told. expected.json has what lenet-data calls the source of each set, computed here from the arrays:
the first 16 hex digits of SHA-256 over images, shape (eight bytes per number, little-endian), pixels and labels of
both parts. Run with pyarrow, pillow and numpy: `python make.py`.
"""
import hashlib
import io
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

folder = Path(__file__).parent
random = np.random.default_rng(7)


def images(count, channels, side):
    rows, columns = np.mgrid[0:side, 0:side]
    noise = random.integers(0, 8, (count, channels, side, side))
    slope = (3 * rows + columns)[None, None] + 20 * np.arange(channels)[None, :, None, None]
    return ((slope + noise + np.arange(count)[:, None, None, None]) % 256).astype(np.uint8)


def png(pixels):
    array = pixels[0] if len(pixels) == 1 else pixels.transpose(1, 2, 0)
    file = io.BytesIO()
    Image.fromarray(array).save(file, "PNG")
    return file.getvalue()


def write(name, column, pixels, labels):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    structs = [{"bytes": png(image), "path": None} for image in pixels]
    kind = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    table = pa.table({column: pa.array(structs, kind), "label": pa.array(labels, pa.int64())})
    # Not compressed, so that a test finds the images in the file.
    pq.write_table(table, path, compression="none", use_dictionary=False)


def source(parts):
    digest = hashlib.sha256()
    for pixels, labels in parts:
        for number in pixels.shape:
            digest.update(int(number).to_bytes(8, "little"))
        digest.update(pixels.tobytes())
        digest.update(bytes(labels))
    return "idx:" + digest.hexdigest()[:16]


expected = {}
for name, column, channels, side, prefix in [
    ("fashion-mnist", "image", 1, 28, "zalando-datasets/fashion_mnist/fashion_mnist"),
    ("cifar-10", "img", 3, 32, "cifar10/plain_text"),
]:
    parts = []
    for part, count in [("train", 60), ("test", 20)]:
        pixels = images(count, channels, side)
        labels = [i % 10 for i in range(count)]
        write(f"{prefix}/{part}/0000.parquet", column, pixels, labels)
        parts.append((pixels, labels))
    expected[name] = source(parts)
(folder / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
