"""Writes oracle.json beside itself: PyTorch's values for a dense layer with and without ReLU.

Every input comes from `numbers` (src/testing.rs has the same generator) and is exact in f32;
`grid` rounds it to halves, so that some outputs are exactly 0 before ReLU.
"""

import pathlib
import sys

import torch.nn.functional as F

sys.path.append(str(pathlib.Path(__file__).parents[2]))

from oracle_tools import numbers, write_oracle

SEED = 20171107

# name, batch, inputs, outputs, relu, grid
CASES = [
    ("plain", 4, 6, 5, False, False),
    ("relu", 4, 6, 5, True, False),
    ("one of each", 1, 1, 1, False, False),
    ("batch 1", 1, 9, 8, True, False),
    ("batch 3, one input", 3, 1, 7, True, False),
    ("batch 17, one output", 17, 13, 1, False, False),
    ("17 of each", 17, 17, 17, True, False),
    ("wider than two vectors", 3, 37, 35, True, False),
    ("exact zeros", 17, 2, 9, True, True),
]


def run(index, name, batch, inputs, outputs, relu, grid):
    seed = SEED + 10 * index
    x = numbers(seed, batch, inputs)
    weight = numbers(seed + 1, outputs, inputs)
    bias = numbers(seed + 2, outputs)
    if grid:
        x, weight, bias = ((2 * t).round() / 2 for t in (x, weight, bias))
    for tensor in (x, weight, bias):
        tensor.requires_grad_()
    output = F.linear(x, weight, bias)
    zeros = int((output == 0).sum())
    assert not grid or zeros > 5, zeros
    if relu:
        output = F.relu(output)
    output.backward(numbers(seed + 3, batch, outputs))
    return {
        "name": name,
        "seed": seed,
        "batch": batch,
        "inputs": inputs,
        "outputs": outputs,
        "relu": relu,
        "grid": grid,
        "output": output.flatten().tolist(),
        "input_gradient": x.grad.flatten().tolist(),
        "weight_gradient": weight.grad.flatten().tolist(),
        "bias_gradient": bias.grad.flatten().tolist(),
    }


write_oracle(__file__, SEED, [run(index, *case) for index, case in enumerate(CASES)])
