"""Writes oracle.json beside itself: PyTorch's values for 2×2 max-pool.

Every input comes from the generator of `numbers` (src/testing.rs has the same one) and is exact
in f32; `grid` rounds it to whole numbers, so that most windows hold ties.
"""

import json
import pathlib

import torch
import torch.nn.functional as F

SEED = 20171109

# name, images, channels, height, width, grid
CASES = [
    ("plain", 2, 3, 6, 8, False),
    ("odd sides", 3, 2, 7, 9, False),
    ("odd rows", 1, 3, 5, 4, False),
    ("odd columns", 17, 1, 2, 3, False),
    ("smallest", 1, 1, 2, 2, False),
    ("ties", 3, 3, 8, 8, True),
    ("ties, odd sides", 2, 1, 9, 5, True),
]


def numbers(seed, *shape):
    state, values = seed, []
    for _ in range(torch.Size(shape).numel()):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        values.append((state >> 40) / 2**23 - 1)
    return torch.tensor(values, dtype=torch.float64).reshape(shape)


def run(index, name, images, channels, height, width, grid):
    seed = SEED + 10 * index
    x = numbers(seed, images, channels, height, width)
    if grid:
        x = x.round()
    x.requires_grad_()
    output, flat = F.max_pool2d(x, 2, return_indices=True)
    output.backward(numbers(seed + 1, *output.shape))
    row, column = flat // width, flat % width
    return {
        "name": name,
        "seed": seed,
        "images": images,
        "channels": channels,
        "height": height,
        "width": width,
        "grid": grid,
        "output": output.flatten().tolist(),
        "argmax": (row % 2 * 2 + column % 2).flatten().tolist(),
        "gradient": x.grad.flatten().tolist(),
    }


def main():
    oracle = {
        "script": "crates/lenet-ops/src/max_pool/oracle.py",
        "torch": torch.__version__,
        "seed": SEED,
        "dtype": "float64",
        "cases": [run(index, *case) for index, case in enumerate(CASES)],
    }
    path = pathlib.Path(__file__).with_name("oracle.json")
    path.write_text(json.dumps(oracle, separators=(",", ":")) + "\n")


main()
