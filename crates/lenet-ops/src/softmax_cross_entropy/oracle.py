"""Writes oracle.json beside itself: PyTorch's values for the mean softmax cross-entropy.

Logits and labels come from the generators of src/testing.rs; `scale` multiplies the logits.
"""

import json
import pathlib

import torch
import torch.nn.functional as F

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


def states(seed, count):
    state = seed
    for _ in range(count):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        yield state


def run(index, name, batch, classes, scale):
    seed = SEED + 10 * index
    values = [(state >> 40) / 2**23 - 1 for state in states(seed, batch * classes)]
    logits = scale * torch.tensor(values, dtype=torch.float64).reshape(batch, classes)
    logits.requires_grad_()
    labels = [(state >> 33) % classes for state in states(seed + 1, batch)]
    loss = F.cross_entropy(logits, torch.tensor(labels))
    (UPSTREAM * loss).backward()
    return {
        "name": name,
        "seed": seed,
        "batch": batch,
        "classes": classes,
        "scale": scale,
        "upstream": UPSTREAM,
        "labels": labels,
        "loss": loss.item(),
        "gradient": logits.grad.flatten().tolist(),
    }


def main():
    oracle = {
        "script": "crates/lenet-ops/src/softmax_cross_entropy/oracle.py",
        "torch": torch.__version__,
        "seed": SEED,
        "dtype": "float64",
        "cases": [run(index, *case) for index, case in enumerate(CASES)],
    }
    path = pathlib.Path(__file__).with_name("oracle.json")
    path.write_text(json.dumps(oracle, separators=(",", ":")) + "\n")


main()
