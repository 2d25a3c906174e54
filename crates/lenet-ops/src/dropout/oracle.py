"""Writes oracle.json beside itself: dropout masks by a second implementation of the definition.

The words come from oracle_tools.py; values and gradients are PyTorch's for the mask that they give.
"""

import pathlib
import sys

import torch

sys.path.append(str(pathlib.Path(__file__).parents[2]))

from oracle_tools import kept_units, numbers, write_oracle

SEED = 20171110

# name, batch, units, rate, seed, step
CASES = [
    ("plain", 3, 8, 0.5, 1, 0),
    ("units no multiple of four", 17, 5, 0.25, 7, 3),
    ("one unit", 4, 1, 0.75, 7, 4),
    ("wide seed and step", 2, 9, 0.1, 0xFEDC_BA98_7654_3210, 0x1_2345_6789),
    ("rate 0", 2, 6, 0.0, 5, 6),
    ("rate near 1", 2, 6, 0.9999999999, 5, 6),
]


def run(index, name, batch, units, rate, seed, step):
    numbers_seed = SEED + 10 * index
    kept = kept_units(rate, seed, step, batch, units)
    x = numbers(numbers_seed, batch, units).requires_grad_()
    output = x * torch.tensor(kept) / (1 - rate)
    output.backward(numbers(numbers_seed + 1, batch, units))
    return {
        "name": name,
        "numbers_seed": numbers_seed,
        "batch": batch,
        "units": units,
        "rate": rate,
        "seed": seed,
        "step": step,
        "kept": [int(k) for row in kept for k in row],
        "output": output.flatten().tolist(),
        "gradient": x.grad.flatten().tolist(),
    }


write_oracle(__file__, SEED, [run(index, *case) for index, case in enumerate(CASES)])
