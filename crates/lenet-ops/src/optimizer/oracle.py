"""Writes oracle.json beside itself: optimizer steps by PyTorch in float64.

Run with a Python that has torch; takes no arguments and gives the same file every time.
Parameters and gradients come from the generator that src/testing.rs documents as `numbers`,
so the file holds only the optimizers, as records spell them, and the parameters after each step.
"""

import pathlib
import sys

import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
from oracle_tools import numbers, write_oracle

LENGTH = 37
LEARNING_RATES = [0.01, 0.02, 0.005, 0.01, 0.03]

optim = torch.optim


def decay(o):
    return o.get("weight_decay", 0.0)


def betas(o):
    return (o["beta1"], o["beta2"])


class Lion(optim.Optimizer):
    """Algorithm 2 of Chen et al., Symbolic Discovery of Optimization Algorithms (2023)."""

    def __init__(self, parameters, betas, weight_decay):
        super().__init__(parameters, {"lr": 1e-4})
        self.betas, self.weight_decay = betas, weight_decay

    @torch.no_grad()
    def step(self):
        beta1, beta2 = self.betas
        for group in self.param_groups:
            for p in group["params"]:
                m = self.state[p].setdefault("m", torch.zeros_like(p))
                update = torch.sign(beta1 * m + (1 - beta1) * p.grad)
                p -= group["lr"] * (update + self.weight_decay * p)
                m.copy_(beta2 * m + (1 - beta2) * p.grad)


KINDS = {
    "sgd": lambda p, o: optim.SGD(p, weight_decay=decay(o)),
    "momentum": lambda p, o: optim.SGD(p, momentum=o["momentum"], weight_decay=decay(o)),
    "nesterov": lambda p, o: optim.SGD(
        p, momentum=o["momentum"], nesterov=True, weight_decay=decay(o)
    ),
    "adam": lambda p, o: optim.Adam(p, betas=betas(o), eps=o["epsilon"], weight_decay=decay(o)),
    "adamw": lambda p, o: optim.AdamW(
        p, betas=betas(o), eps=o["epsilon"], weight_decay=decay(o)
    ),
    "rmsprop": lambda p, o: optim.RMSprop(
        p, alpha=o["alpha"], eps=o["epsilon"], weight_decay=decay(o)
    ),
    "lion": lambda p, o: Lion(p, betas(o), decay(o)),
}

ADAM = {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
OPTIMIZERS = [
    {"kind": "sgd"},
    {"kind": "momentum", "momentum": 0.9},
    {"kind": "nesterov", "momentum": 0.9},
    {"kind": "adam", **ADAM},
    {"kind": "adam", "beta1": 0.8, "beta2": 0.99, "epsilon": 1e-2},
    {"kind": "adamw", **ADAM, "weight_decay": 0.1},
    {"kind": "rmsprop", "alpha": 0.99, "epsilon": 1e-8},
    {"kind": "lion", "beta1": 0.9, "beta2": 0.99, "weight_decay": 0.0},
    {"kind": "lion", "beta1": 0.95, "beta2": 0.98, "weight_decay": 0.3},
]

# Weight decay for every kind: coupled but for AdamW and Lion, which have it above.
COUPLED = [o for o in OPTIMIZERS if "weight_decay" not in o]
OPTIMIZERS += [{**o, "weight_decay": 0.2} for o in COUPLED]


def steps(description):
    parameters = numbers(1, LENGTH).requires_grad_(True)
    optimizer = KINDS[description["kind"]]([parameters], description)
    after = []
    for step, rate in enumerate(LEARNING_RATES):
        for group in optimizer.param_groups:
            group["lr"] = rate
        gradient = numbers(100 + step, LENGTH)
        gradient[0] = 0.0
        parameters.grad = gradient
        optimizer.step()
        after.append(parameters.detach().tolist())
    return after


write_oracle(__file__, 1, [{"optimizer": o, "after": steps(o)} for o in OPTIMIZERS])
