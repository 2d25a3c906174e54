"""Writes oracle.json and other_stages.json beside itself: PyTorch's loss and gradients of whole
networks, those of other_stages.json with other paddings, strides and pools than usual.

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

OTHER_STAGES = [
    ("PyTorch's basic MNIST example, small", 1, 12, 11, [3, 4], 3, [6], 5, 3, (0.5, 9, 6),
     {"padding": "valid", "pooling": "last"}),
    ("LeNet-5, small", 1, 16, 17, [2, 3], 5, [6, 5], 4, 3, None,
     {"padding": "valid"}),
    ("padded at first", 2, 12, 12, [2, 3], 5, [7], 4, 2, None,
     {"padding": "first"}),
    ("strides instead of pools", 2, 13, 14, [3, 2], 3, [6], 3, 4, None,
     {"stride": 2, "pooling": "none"}),
    ("even kernel, stride and pool", 1, 15, 13, [3], 4, [], 3, 5, None,
     {"padding": "valid", "stride": 2, "pooling": "last"}),
]


def stage(x, stages, at, count, weight, bias):
    """One convolution with ReLU, and its pool where there is one. `stages` is as in a geometry."""
    padding = stages.get("padding", "same")
    padded = padding == "same" or padding == "first" and at == 0
    x = F.conv2d(
        x,
        weight,
        bias,
        stride=stages.get("stride", 1),
        padding=weight.shape[2] // 2 if padded else 0,
    )
    pooling = stages.get("pooling", "each")
    if pooling == "each" or pooling == "last" and at + 1 == count:
        return F.max_pool2d(F.relu(x), 2)
    return F.relu(x)


def parameters(seed, channels, height, width, filters, kernel, hidden, classes, stages):
    shapes, before = [], channels
    x = torch.zeros(1, channels, height, width)
    for at, out in enumerate(filters):
        shapes.append((f"conv{at + 1}", [out, before, kernel, kernel]))
        x = stage(x, stages, at, len(filters), torch.zeros(shapes[-1][1]), torch.zeros(out))
        before = out
    before = x.numel()
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


def run(
    index, name, channels, height, width, filters, kernel, hidden, classes, batch, dropout,
    stages=None,
):
    seed = SEED + 100 * index
    listed = parameters(
        seed, channels, height, width, filters, kernel, hidden, classes, stages or {}
    )
    tensors = {key: tensor.requires_grad_() for key, (tensor, _) in listed.items()}
    x = (numbers(seed, batch, channels, height, width) + 1) / 2
    targets = labels(seed + 1, batch, classes)
    for at in range(len(filters)):
        weight, bias = tensors[f"conv{at + 1}.weight"], tensors[f"conv{at + 1}.bias"]
        x = stage(x, stages or {}, at, len(filters), weight, bias)
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
            **({"stages": stages} if stages else {}),
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
write_oracle(
    __file__,
    SEED,
    [run(50 + index, *case) for index, case in enumerate(OTHER_STAGES)],
    "other_stages.json",
)
