"""Writes oracle.json beside itself: PyTorch's values for convolution + bias + ReLU + max-pool.

Every input comes from `numbers` (src/testing.rs has the same generator) and is exact in f32;
`grid` rounds it to quarters, so that windows hold ties that no order of summation breaks.
"""

import pathlib
import sys

import torch
import torch.nn.functional as F

sys.path.append(str(pathlib.Path(__file__).parents[2]))

from oracle_tools import numbers, write_oracle

SEED = 20171106

# name, batch, channels, height, width, filters, kernel, grid, input
CASES = [
    ("plain", 2, 3, 6, 8, 4, 3, False, "numbers"),
    ("odd sides", 3, 3, 7, 9, 5, 3, False, "numbers"),
    ("odd rows, one channel", 3, 1, 5, 6, 4, 3, False, "numbers"),
    ("odd columns, one filter", 2, 2, 4, 7, 1, 3, False, "numbers"),
    ("kernel 1", 2, 3, 5, 4, 3, 1, False, "numbers"),
    ("kernel 5", 2, 2, 7, 6, 3, 5, False, "numbers"),
    ("kernel wider than the image", 2, 1, 2, 3, 2, 5, False, "numbers"),
    ("batch 1", 1, 3, 4, 4, 2, 3, False, "numbers"),
    ("batch 17", 17, 1, 4, 5, 3, 3, False, "numbers"),
    ("17 filters of 3 channels", 1, 3, 4, 4, 17, 3, False, "numbers"),
    ("smallest", 1, 1, 2, 2, 1, 1, False, "numbers"),
    ("ties", 3, 2, 8, 8, 3, 3, True, "numbers"),
    ("ties, kernel 1", 3, 2, 7, 8, 4, 1, True, "numbers"),
    ("constant input", 2, 2, 6, 6, 5, 3, True, "constant"),
    ("input of zeros", 2, 1, 4, 4, 3, 3, True, "zeros"),
]


def run(index, name, batch, channels, height, width, filters, kernel, grid, kind):
    seed = SEED + 10 * index
    x = numbers(seed, batch, channels, height, width)
    x = {"numbers": x, "constant": torch.full_like(x, 0.5), "zeros": torch.zeros_like(x)}[kind]
    weight = numbers(seed + 1, filters, channels, kernel, kernel)
    bias = numbers(seed + 2, filters)
    upstream = numbers(seed + 3, batch, filters, height // 2, width // 2)
    if grid:
        x, weight, bias = ((4 * t).round() / 4 for t in (x, weight, bias))
    if kind == "zeros":
        bias[0] = 0
    for tensor in (x, weight, bias):
        tensor.requires_grad_()
    activation = F.relu(F.conv2d(x, weight, bias, padding="same"))
    output, flat = F.max_pool2d(activation, 2, return_indices=True)
    output.backward(upstream)
    row, column = flat // width, flat % width
    return {
        "name": name,
        "seed": seed,
        "batch": batch,
        "channels": channels,
        "height": height,
        "width": width,
        "filters": filters,
        "kernel": kernel,
        "grid": grid,
        "input": kind,
        "output": output.flatten().tolist(),
        "argmax": (row % 2 * 2 + column % 2).flatten().tolist(),
        "input_gradient": x.grad.flatten().tolist(),
        "weight_gradient": weight.grad.flatten().tolist(),
        "bias_gradient": bias.grad.flatten().tolist(),
    }


write_oracle(__file__, SEED, [run(index, *case) for index, case in enumerate(CASES)])
