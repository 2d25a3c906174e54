"""Writes oracle.json beside itself: factors on the learning rate by PyTorch's schedulers, in float64.

Run with a Python that has torch; takes no arguments and gives the same file every time. The warm-up and what
follows it are schedulers of their own, one after the other; each case is a schedule as records spell it.
"""

import json
import pathlib

import torch

STEPS_PER_EPOCH, EPOCHS = 7, 5
scheduler = torch.optim.lr_scheduler


def factors(steps, make):
    """The learning rates of so many steps, of a base rate of 1."""
    optimizer = torch.optim.SGD([torch.zeros(1, dtype=torch.float64)], lr=1.0)
    schedule, rates = make(optimizer), []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return rates


def warm_up(steps):
    return factors(steps, lambda o: scheduler.LinearLR(o, 1 / steps, 1.0, steps - 1)) if steps else []


def decay(steps, kind, every_epochs=None, gamma=None, floor=None):
    def make(optimizer):
        if kind == "step":
            return scheduler.StepLR(optimizer, round(every_epochs * STEPS_PER_EPOCH), gamma)
        if kind == "cosine":
            return scheduler.CosineAnnealingLR(optimizer, steps - 1, floor)
        return scheduler.ConstantLR(optimizer, 1.0)

    return factors(steps, make)


CASES = [
    (0.0, {"kind": "constant"}),
    (2.0, {"kind": "constant"}),
    (0.0, {"kind": "step", "every_epochs": 1.0, "gamma": 0.1}),
    (1.0, {"kind": "step", "every_epochs": 2.0, "gamma": 0.5}),
    (0.0, {"kind": "step", "every_epochs": 3 / 7, "gamma": 0.8}),
    (0.0, {"kind": "cosine", "floor": 0.0}),
    (0.0, {"kind": "cosine", "floor": 0.2}),
    (1.0, {"kind": "cosine", "floor": 0.05}),
]

cases = []
for warmup_epochs, of_decay in CASES:
    before = round(warmup_epochs * STEPS_PER_EPOCH)
    after = STEPS_PER_EPOCH * EPOCHS - before
    cases.append(
        {
            "schedule": {"warmup_epochs": warmup_epochs, "decay": of_decay},
            "factors": warm_up(before) + decay(after, **of_decay),
        }
    )
found = {"steps_per_epoch": STEPS_PER_EPOCH, "epochs": EPOCHS, "cases": cases}
path = pathlib.Path(__file__).with_name("oracle.json")
path.write_text(json.dumps(found, indent=1) + "\n")
