#!/usr/bin/env python3
"""Makes the folder `records` from what `lenet-lab experiments` wrote:

    lenet-lab experiments --config records.toml --out NEW --no-predictions --quiet
    python3 make.py NEW

Hosts and builds become those of nobody, and six trials something that training seldom gives: one diverged, one
failed, one was interrupted, one was resumed elsewhere, one has no file, one has odd letters for a processor.
A checksum is made as crates/lenet-results/tests/golden/make.py says."""

import hashlib
import json
import re
import shutil
import sys
from pathlib import Path

TAG = "lenet-lab record 1\n"
HERE = Path(__file__).parent / "records"


def number(value):
    return re.sub(r"e([+-])0*", lambda e: "e" + e[1].replace("+", ""), repr(value))


def canonical(value):
    if isinstance(value, dict):
        members = sorted((k, v) for k, v in value.items() if v is not None)
        return "{" + ",".join(f"{json.dumps(k)}:{canonical(v)}" for k, v in members) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, float):
        return number(value)
    return json.dumps(value, ensure_ascii=False)


def sealed(record):
    record = {k: v for k, v in record.items() if k != "checksum"}
    digest = hashlib.sha256((TAG + canonical(record)).encode()).hexdigest()
    return json.dumps(record | {"checksum": digest[:16]}, ensure_ascii=False)


def anonymous(run, number):
    run["started_unix"] = 1_700_000_000 + 60 * number
    run["environment"] |= {
        "host": "bench",
        "cpu": "A Processor",
        "revision": "abc1234",
        "rustc": "rustc 1.95.0",
        "profile": "release",
    }


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n")


source = Path(sys.argv[1])
shutil.rmtree(HERE, ignore_errors=True)
study = json.loads((source / "study.json").read_text())
study["commands"] = ["lenet-lab experiments --config records.toml --no-predictions"]
write(HERE / "study.json", sealed(study))
registrations = [json.loads(line) for line in open(source / "registrations.jsonl")]
for registration in registrations:
    registration["unix"] = 1_699_999_999
write(HERE / "registrations.jsonl", "\n".join(map(sealed, registrations)))

cells = {c["label"]: c for f in study["figures"] for c in f["cells"]}
order = list(dict.fromkeys(t["identity"] for c in cells.values() for t in c["trials"]))
for place, identity in enumerate(order):
    path = source / "trials" / identity[:2] / f"{identity}.jsonl"
    record = json.loads(path.read_text().splitlines()[0])
    epochs, runs = record["epochs"], record["runs"]
    for run in runs:
        anonymous(run, place)
    # Seconds that are the same whoever makes the records.
    for epoch in epochs:
        epoch["train_seconds"] = 1.5 + place / 64
        epoch["evaluation_seconds"] = 0.25
    folder = HERE / "trials" / identity
    if place == 1:
        record["outcome"] = {"kind": "diverged", "epoch": 2}
        del epochs[2:]
        epochs[1] |= {"train_loss": "NaN", "validation_loss": "inf", "test_loss": "NaN"}
    elif place == 3:
        message = "out of memory: \u001b[31m50 % of {all}\nsecond line $x_1$ \\end{table}"
        record |= {"outcome": {"kind": "failed", "message": message}}
        del epochs[1:]
        write(folder / "result.json", sealed({k: v for k, v in record.items() if k != "kind"}))
        continue
    elif place == 5:
        settings = {k: record[k] for k in ["format", "identity", "config"]}
        write(folder / "config.json", sealed(settings))
        lines = [sealed(run | {"format": 2}) for run in runs]
        write(folder / "runs.jsonl", "\n".join(lines))
        lines = [sealed(epoch | {"format": 2}) for epoch in epochs[:2]]
        write(folder / "epochs.jsonl", "\n".join(lines))
        continue
    elif place == 7:
        continue
    elif place == 9:
        elsewhere = json.loads(json.dumps(runs[0]))
        elsewhere["environment"]["host"] = "elsewhere"
        runs.append(elsewhere | {"from_epoch": 2, "started_unix": 1_700_100_000, "group": 2})
    elif place == 11:
        runs[0]["environment"]["cpu"] = "Prozeßor 中 \\input{x} #1 & 50 % <b>\u0007"
    write(HERE / "trials" / identity[:2] / f"{identity}.jsonl", sealed(record))
