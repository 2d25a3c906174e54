"""Made-up records for the trials that a study plans, so that a report can be made without training.

`plan` has the program itself write `study.json`; `fill` gives each trial of it a record. Accuracies follow from
the settings and a seeded generator, so the same study and seed give the same bytes.
"""

import json
import math
import random
import signal
import subprocess
import time

ENVIRONMENT = {
    "host": "made-up",
    "os": "linux x86_64",
    "cpu": "A Processor",
    "cores": 2,
    "version": "0.1.0",
    "revision": "0000000",
    "profile": "release",
    "rustc": "rustc 1.95.0",
    "features": [],
    "gpu": None,
}
RUN = {
    "from_epoch": 0,
    "started_unix": 1_700_000_000,
    "environment": ENVIRONMENT,
    "threads": 1,
    "jobs": 2,
    "device": "cpu",
    "level": "avx2",
    "self_check": None,
}


def plan(xtask, config, folder, patience=120):
    """Starts the study and ends it as soon as its plan lies in the folder; no trial gets far by then."""
    command = [xtask, "experiments", "--config", str(config), "--out", str(folder), "--jobs", "1", "--quiet"]
    with open(folder.with_suffix(".log"), "w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    path = folder / "study.json"
    until = time.monotonic() + patience
    try:
        while not path.exists():
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"no {path}; see {folder.with_suffix('.log')}")
            time.sleep(0.02)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    return json.loads(path.read_text())


def fill(folder, seed):
    """Writes `result.json` of every trial of the study in the folder. Gives the number of trials."""
    study = json.loads((folder / "study.json").read_text())
    written = set()
    for figure in study["figures"]:
        for cell in figure["cells"]:
            for trial in cell["trials"]:
                config = dict(cell["config"], seed=trial["seed"])
                record = result(config, trial["identity"], cell, f"{seed} {trial['identity']}")
                path = folder / "trials" / trial["identity"]
                path.mkdir(parents=True, exist_ok=True)
                (path / "result.json").write_text(json.dumps(record))
                written.add(trial["identity"])
    return len(written)


def result(config, identity, cell, seed):
    draw = random.Random(seed)
    rate = math.log10(config["learning_rate"])
    name = json.dumps(config["optimizer"])
    # The best learning rate of an adaptive optimizer is lower.
    best = -3.0 if "adam" in name else -1.3
    error = 0.012 + 0.03 * (rate - best) ** 2 / (1 + len(name) / 20) + 0.4 / (8 + cell.get("parameters", 1e5) ** 0.5)
    error = min(error * math.exp(draw.gauss(0, 0.12)), 0.9)
    dead = draw.random() < 0.01
    epochs = []
    for epoch in range(1, config["epochs"] + 1):
        left = 0.9 if dead else error + (0.9 - error) * math.exp(-0.9 * epoch)

        def measure(extra):
            share = min(max(left * (1 + extra + draw.gauss(0, 0.02)), 0.0), 1.0)
            return {"accuracy": 1 - share, "loss": 3.2 * share}

        parts = {"train": measure(-0.1), "validation": measure(0.0), "test": measure(0.03)}
        numbers = {f"{part}_{kind}": value for part, both in parts.items() for kind, value in both.items()}
        steps = math.ceil((cell.get("images") or {}).get("train", 55_000) / config["batch_size"])
        seconds = 2.0 * math.exp(draw.gauss(0, 0.02))
        epochs.append(
            {"epoch": epoch, "step": epoch * steps, "learning_rate": config["learning_rate"], **numbers}
            | {"dead": dead, "train_seconds": seconds, "evaluation_seconds": 0.2 * seconds}
        )
    return {
        "format": 1,
        "identity": identity,
        "config": config,
        "parameters": cell.get("parameters") or 100_000,
        "outcome": {"kind": "completed"},
        "epochs": epochs,
        "runs": [RUN],
    }
