"""Writes oracle.json beside itself: PyTorch's values for the mean softmax cross-entropy.

Logits and labels come from the generators of src/testing.rs; `scale` multiplies the logits.
"""

import pathlib
import sys

import torch
import torch.nn.functional as F

sys.path.append(str(pathlib.Path(__file__).parents[2]))

from oracle_tools import labels, numbers, write_oracle

SEED = 20171108
UPSTREAM = 0.75

# name, batch, classes, scale
CASES = [
    ("plain", 4, 10, 2.0),
    ("batch 1", 1, 10, 2.0),
    ("batch 3", 3, 7, 8.0),
    ("batch 17", 17, 10, 0.125),
    ("two classes", 5, 2, 4.0),
    ("one class", 3, 1, 4.0),
    ("equal logits", 6, 10, 0.0),
    ("exponentials that overflow f32", 8, 10, 1024.0),
]


def run(index, name, batch, classes, scale):
    seed = SEED + 10 * index
    logits = scale * numbers(seed, batch, classes)
    logits.requires_grad_()
    targets = labels(seed + 1, batch, classes)
    loss = F.cross_entropy(logits, torch.tensor(targets))
    (UPSTREAM * loss).backward()
    return {
        "name": name,
        "seed": seed,
        "batch": batch,
        "classes": classes,
        "scale": scale,
        "upstream": UPSTREAM,
        "labels": targets,
        "loss": loss.item(),
        "gradient": logits.grad.flatten().tolist(),
    }


write_oracle(__file__, SEED, [run(index, *case) for index, case in enumerate(CASES)])
