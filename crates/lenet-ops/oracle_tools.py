"""What the oracle scripts share: generators of numbers, and the file that a script writes.

`states` and `numbers` are those of src/testing.rs. `word` is a second implementation of the random
words of dropout masks (see src/dropout/mod.rs).
"""

import json
import math
import pathlib

import torch

MASK = 2**32 - 1


def states(seed, count):
    state = seed
    for _ in range(count):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        yield state


def numbers(seed, *shape):
    values = [(state >> 40) / 2**23 - 1 for state in states(seed, math.prod(shape))]
    return torch.tensor(values, dtype=torch.float64).reshape(shape)


def labels(seed, count, bound):
    return [(state >> 33) % bound for state in states(seed, count)]


def philox(counter, key):
    c, k = list(counter), list(key)
    for _ in range(10):
        first, second = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [
            second >> 32 ^ c[1] ^ k[0],
            second & MASK,
            first >> 32 ^ c[3] ^ k[1],
            first & MASK,
        ]
        k = [k[0] + 0x9E3779B9 & MASK, k[1] + 0xBB67AE85 & MASK]
    return c


def word(seed, step, image, unit):
    counter = [unit // 4, image, step & MASK, step >> 32]
    return philox(counter, [seed & MASK, seed >> 32])[unit % 4]


def kept_units(rate, seed, step, images, units):
    """For each image, which units dropout keeps."""
    threshold = int(rate * 2**32 + 0.5)
    return [[word(seed, step, i, u) >= threshold for u in range(units)] for i in range(images)]


def write_oracle(script, seed, cases, name="oracle.json"):
    """Writes a file of this name beside the script."""
    script = pathlib.Path(script).resolve()
    oracle = {
        "script": script.relative_to(pathlib.Path(__file__).resolve().parents[2]).as_posix(),
        "torch": torch.__version__,
        "seed": seed,
        "dtype": "float64",
        "cases": cases,
    }
    text = json.dumps(oracle, separators=(",", ":"))
    script.with_name(name).write_text(text + "\n")
