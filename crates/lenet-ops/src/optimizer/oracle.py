"""Writes oracle.json beside itself: optimizer steps by PyTorch in float64.

Run with a Python that has torch; takes no arguments and gives the same file every time.
Parameters and gradients come from the generator that src/testing.rs documents as `numbers`,
so the file holds only the parameters after each step.
"""

import json
import pathlib

import torch

LENGTH = 37
STEPS = 5
LEARNING_RATES = [0.01, 0.02, 0.005, 0.01, 0.03]


def numbers(seed, count):
    state, out = seed, []
    for _ in range(count):
        state = (6364136223846793005 * state + 1442695040888963407) % 2**64
        out.append((state >> 40) / 2**23 - 1.0)
    return torch.tensor(out, dtype=torch.float64)


def steps(make):
    parameters = numbers(1, LENGTH).requires_grad_(True)
    optimizer = make([parameters])
    after = []
    for step in range(STEPS):
        for group in optimizer.param_groups:
            group["lr"] = LEARNING_RATES[step]
        gradient = numbers(100 + step, LENGTH)
        gradient[0] = 0.0
        parameters.grad = gradient
        optimizer.step()
        after.append(parameters.detach().tolist())
    return after


optim = torch.optim
CASES = {
    "sgd": lambda p: optim.SGD(p, lr=1.0),
    "momentum": lambda p: optim.SGD(p, lr=1.0, momentum=0.9),
    "nesterov": lambda p: optim.SGD(p, lr=1.0, momentum=0.9, nesterov=True),
    "adam": lambda p: optim.Adam(p, lr=1.0, betas=(0.9, 0.999), eps=1e-8),
    "adam, other constants": lambda p: optim.Adam(p, lr=1.0, betas=(0.8, 0.99), eps=1e-2),
    "adamw": lambda p: optim.AdamW(p, lr=1.0, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.1),
    "rmsprop": lambda p: optim.RMSprop(p, lr=1.0, alpha=0.99, eps=1e-8),
}

oracle = {
    "script": "crates/lenet-ops/src/optimizer/oracle.py",
    "torch": torch.__version__,
    "dtype": "float64",
    "learning_rates": LEARNING_RATES,
    "cases": [{"name": name, "after": steps(make)} for name, make in CASES.items()],
}
path = pathlib.Path(__file__).with_name("oracle.json")
path.write_text(json.dumps(oracle, separators=(",", ":")) + "\n")
