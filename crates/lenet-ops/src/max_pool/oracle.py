"""Writes oracle.json beside itself: PyTorch's values for 2×2 max-pool.

Every input comes from `numbers` (src/testing.rs has the same generator) and is exact in f32;
`grid` rounds it to whole numbers, so that most windows hold ties.
"""

import pathlib
import sys

import torch.nn.functional as F

sys.path.append(str(pathlib.Path(__file__).parents[2]))

from oracle_tools import numbers, write_oracle

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


write_oracle(__file__, SEED, [run(index, *case) for index, case in enumerate(CASES)])
