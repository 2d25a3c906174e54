"""Writes oracle.json beside itself: dropout masks by a second implementation of the definition.

The words come from masks.py; values and gradients are PyTorch's for the mask that they give.
"""

import json
import pathlib

import torch

from masks import word

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


def numbers(seed, *shape):
    state, values = seed, []
    for _ in range(torch.Size(shape).numel()):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        values.append((state >> 40) / 2**23 - 1)
    return torch.tensor(values, dtype=torch.float64).reshape(shape)


def run(index, name, batch, units, rate, seed, step):
    numbers_seed = SEED + 10 * index
    threshold = int(rate * 2**32 + 0.5)
    kept = [[word(seed, step, i, u) >= threshold for u in range(units)] for i in range(batch)]
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


def main():
    oracle = {
        "script": "crates/lenet-ops/src/dropout/oracle.py",
        "torch": torch.__version__,
        "seed": SEED,
        "dtype": "float64",
        "cases": [run(index, *case) for index, case in enumerate(CASES)],
    }
    path = pathlib.Path(__file__).with_name("oracle.json")
    path.write_text(json.dumps(oracle, separators=(",", ":")) + "\n")


main()
