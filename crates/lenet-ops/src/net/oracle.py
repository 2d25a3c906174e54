"""Writes oracle.json beside itself: PyTorch's loss and gradients of whole networks.

Parameters, pixels and labels come from the generators of src/testing.rs: each parameter tensor
times its `scale`, pixels (x + 1) / 2. The gradient of `fc1.weight` is kept as every 97th element
and its L2 norm, the others whole.
"""

import math
import pathlib
import sys

import torch
import torch.nn.functional as F

sys.path.append(str(pathlib.Path(__file__).parents[2]))

from oracle_tools import kept_units, labels, numbers, write_oracle

SEED = 20171111
STRIDE = 97

# name, channels, height, width, filters, kernel, hidden, classes, batch, dropout (rate, seed, step)
CASES = [
    ("lab 2017, F = 8", 1, 28, 28, [8, 8], 3, [128], 10, 3, None),
    ("lab 2017, F = 16", 1, 28, 28, [16, 16], 3, [128], 10, 2, None),
    ("lab 2017, F = 8, dropout", 1, 28, 28, [8, 8], 3, [128], 10, 3, (0.5, 2**40 + 9, 2**33 + 5)),
    ("lab 2017, F = 16, dropout", 1, 28, 28, [16, 16], 3, [128], 10, 1, (0.25, 9, 5)),
    ("three channels, odd sides", 3, 13, 11, [4, 6], 3, [9, 7], 5, 4, (0.5, 9, 6)),
    ("one stage, no hidden layer", 1, 6, 7, [3], 5, [], 4, 5, None),
    ("three stages, kernel 1", 2, 8, 9, [3, 2, 5], 1, [6], 3, 17, None),
]


def parameters(seed, channels, height, width, filters, kernel, hidden, classes):
    shapes, before = [], channels
    for stage, out in enumerate(filters):
        shapes.append((f"conv{stage + 1}", [out, before, kernel, kernel]))
        before, height, width = out, height // 2, width // 2
    before *= height * width
    for layer, out in enumerate([*hidden, classes]):
        shapes.append((f"fc{layer + 1}", [out, before]))
        before = out
    tensors = {}
    for index, (name, shape) in enumerate(shapes):
        # Exact in f32, and of the size that keeps activations of order 1.
        scale = 2.0 ** round(math.log2(1.7 / math.sqrt(math.prod(shape[1:]))))
        tensors[f"{name}.weight"] = (scale * numbers(seed + 10 + 2 * index, *shape), scale)
        tensors[f"{name}.bias"] = (0.125 * numbers(seed + 11 + 2 * index, shape[0]), 0.125)
    return tensors


def run(index, name, channels, height, width, filters, kernel, hidden, classes, batch, dropout):
    seed = SEED + 100 * index
    listed = parameters(seed, channels, height, width, filters, kernel, hidden, classes)
    tensors = {key: tensor.requires_grad_() for key, (tensor, _) in listed.items()}
    x = (numbers(seed, batch, channels, height, width) + 1) / 2
    targets = labels(seed + 1, batch, classes)
    for stage in range(len(filters)):
        weight, bias = tensors[f"conv{stage + 1}.weight"], tensors[f"conv{stage + 1}.bias"]
        x = F.max_pool2d(F.relu(F.conv2d(x, weight, bias, padding="same")), 2)
    x = x.flatten(1)
    for layer in range(len(hidden)):
        x = F.relu(F.linear(x, tensors[f"fc{layer + 1}.weight"], tensors[f"fc{layer + 1}.bias"]))
    if dropout:
        rate, key, step = dropout
        kept = kept_units(rate, key, step, batch, x.shape[1])
        x = x * torch.tensor(kept) / (1 - rate)
    last = len(hidden) + 1
    logits = F.linear(x, tensors[f"fc{last}.weight"], tensors[f"fc{last}.bias"])
    loss = F.cross_entropy(logits, torch.tensor(targets))
    loss.backward()
    gradients = []
    for key, (_, scale) in listed.items():
        gradient = tensors[key].grad.flatten()
        sampled = key == "fc1.weight" and gradient.numel() > 5000
        gradients.append({
            "name": key,
            "scale": scale,
            "stride": STRIDE if sampled else 1,
            "norm": gradient.norm().item(),
            "values": gradient[:: STRIDE if sampled else 1].tolist(),
        })
    return {
        "name": name,
        "seed": seed,
        "geometry": {
            "channels": channels,
            "height": height,
            "width": width,
            "filters": filters,
            "kernel": kernel,
            "hidden": hidden,
            "classes": classes,
        },
        "batch": batch,
        "dropout": dropout,
        "labels": targets,
        "mean_loss": loss.item(),
        "correct": int((logits.argmax(1) == torch.tensor(targets)).sum()),
        "logits": logits.flatten().tolist(),
        "gradients": gradients,
    }


write_oracle(__file__, SEED, [run(index, *case) for index, case in enumerate(CASES)])
