"""How long commands take with many finished trials: made-up records, timed and counted.

    python3 tests/cluster/size.py XTASK FOLDER [TRIALS...]

For each number of trials it plans a study, writes a made-up result for all but one of them, and measures
`status`, the start of `experiments` up to its first step, the stop after SIGTERM, `report`, and the file
operations of a worker's start (with strace, where there is one). At the end it fits a power of the
number of trials to each and computes what a million would take. Needs Python 3 alone."""

import hashlib
import json
import math
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

EPOCHS = 3
# 100 seeds of 10, 100 and 1,000 cells.
AXES = {
    1_000: "learning_rate = [{rates}]",
    10_000: "learning_rate = [{rates}]\ndropout = [{dropouts}]",
    100_000: "learning_rate = [{rates}]\ndropout = [{dropouts}]\nbatch_size = [{batches}]",
}
STUDY = """name = "size"
seeds = 100
[base]
epochs = {epochs}
filters = 2
hidden = 4
samples = 200
validation = 100
[[figure]]
id = "1"
[figure.axes]
{axes}
"""
# Operations on names and folders; what is read of an open file is not counted.
OPERATIONS = "open,openat,stat,lstat,newfstatat,statx,access,faccessat,faccessat2,getdents64,mkdir,rename,renameat2,link,linkat,unlink,unlinkat,rmdir,flock,fsync"


def canonical(value):
    if isinstance(value, dict):
        members = sorted((k, v) for k, v in value.items() if v is not None)
        return "{" + ",".join(f"{json.dumps(k)}:{canonical(v)}" for k, v in members) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, float):
        return re.sub(r"e([+-])0*", lambda e: "e" + e[1].replace("+", ""), repr(value))
    return json.dumps(value, ensure_ascii=False)


def sealed(record):
    digest = hashlib.sha256(("lenet-lab record 1\n" + canonical(record)).encode()).hexdigest()
    return json.dumps(record | {"checksum": digest[:16]}, separators=(",", ":")) + "\n"


def run_record():
    environment = {
        "host": "made-up", "os": "linux x86_64", "cpu": "A Processor", "cores": 2, "version": "0.1.0",
        "revision": "0000000", "profile": "release", "rustc": "rustc 1.95.0", "features": [],
    }
    check = {"worst_relative_error": 1e-6, "worst_tensor": "fc1.weight", "tolerance": 0.0001, "passed": True,
             "seconds": 0.01}
    return {"from_epoch": 0, "started_unix": 1_700_000_000, "environment": environment, "threads": 1, "jobs": 2,
            "device": "cpu", "level": "avx2", "self_check": check}


def epoch_record(number, share):
    accuracy = 0.9 + 0.09 * share
    return {
        "epoch": number, "step": 4 * number, "learning_rate": 0.125, "train_loss": 1 - 0.5 * share,
        "train_accuracy": accuracy, "validation_loss": 1.25 - 0.5 * share, "validation_accuracy": accuracy - 0.015625,
        "test_loss": 1.125 - 0.5 * share, "test_accuracy": accuracy - 0.0078125, "dead": False,
        "train_seconds": 0.5, "evaluation_seconds": 0.25,
    }


def fill(folder):
    """Writes a result for every trial but the last; gives that one's identity."""
    study = json.load(open(folder / "study.json"))
    trials = [(cell, trial) for cell in study["figures"][0]["cells"] for trial in cell["trials"]]
    for cell, trial in trials[:-1]:
        identity = trial["identity"]
        share = int(identity[:8], 16) / 2**32
        record = {
            "kind": "trial", "format": 2, "identity": identity, "config": cell["config"] | {"seed": trial["seed"]},
            "parameters": cell["parameters"], "outcome": {"kind": "completed"},
            "epochs": [epoch_record(n, share * n / EPOCHS) for n in range(1, EPOCHS + 1)], "runs": [run_record()],
        }
        place = folder / "trials" / identity[:2]
        place.mkdir(exist_ok=True)
        (place / f"{identity}.jsonl").write_text(sealed(record))
    return trials[-1][1]["identity"]


def timed(command, allowed=(0,)):
    """Seconds and the most memory in MiB of a command."""
    before = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, words = process.communicate()
    seconds = time.monotonic() - before
    if process.returncode not in allowed:
        sys.exit(f"{command}: {process.returncode}: {words.decode()}")
    return seconds


def memory(command):
    """Seconds and MiB at most of a command."""
    child = ["python3", "-c", "import resource, subprocess, sys; code = subprocess.run(sys.argv[1:], stdout=2).returncode; "
             "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024); sys.exit(code)", *command]
    before = time.monotonic()
    done = subprocess.run(child, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    return time.monotonic() - before, int(done.stdout)


def start_and_stop(xtask, config, folder, last):
    """Seconds from the start of `experiments` to the first step of its last trial, and from SIGTERM to its end."""
    command = [xtask, "experiments", "--config", config, "--out", folder, "--jobs", "1", "--quiet"]
    before = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    runs = folder / "trials" / last / "runs.jsonl"
    while not runs.exists():
        if process.poll() is not None:
            sys.exit(f"it ended before its trial began: {process.stderr.read().decode()}")
        time.sleep(0.002)
    begun = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.communicate()
    ended = time.monotonic()
    shutil.rmtree(folder / "trials" / last, ignore_errors=True)
    return begun - before, ended - begun


def operations(xtask, folder, last):
    """File operations of a worker up to the folder of its first trial; None without strace."""
    if not shutil.which("strace"):
        return None
    log = folder.with_suffix(".strace")
    command = ["strace", "-f", "-qq", "-e", f"trace={OPERATIONS}", "-o", str(log), xtask, "worker", "--out", folder, "--jobs", "1", "--quiet"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    process.wait()
    lines = log.read_text(errors="replace").splitlines()
    first = next((n for n, line in enumerate(lines) if "mkdir" in line and last in line), len(lines))
    for path in (folder / "trials" / last[:2]).glob(f"{last}.jsonl"):
        path.unlink()
    return first


def main():
    xtask, root = os.path.abspath(sys.argv[1]), Path(sys.argv[2])
    root.mkdir(parents=True, exist_ok=True)
    counts = [int(n) for n in sys.argv[3:]] or list(AXES)
    table = []
    for count in counts:
        lists = {
            "rates": ", ".join(f"{0.01 * n:.2f}" for n in range(1, 11)),
            "dropouts": ", ".join(f"{0.05 * n:.2f}" for n in range(10)),
            "batches": ", ".join(str(16 * n) for n in range(1, 11)),
        }
        config, folder = root / f"{count}.toml", root / str(count)
        # A trial long enough to be stopped within.
        config.write_text(STUDY.format(epochs=EPOCHS, axes=AXES[count].format(**lists)))
        if not folder.exists():
            subprocess.run([xtask, "experiments", "--config", config, "--out", folder, "--executor", "workers"],
                           check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            last = fill(folder)
            (root / f"{count}.last").write_text(last)
        last = (root / f"{count}.last").read_text()
        row = {"trials": count}
        row["status"] = timed([xtask, "status", "--out", folder])
        row["operations"] = operations(xtask, folder, last)
        row["start"], row["stop"] = start_and_stop(xtask, config, folder, last)
        row["report"], row["report MiB"] = memory([xtask, "report", "--records", folder, "--out", root / f"{count}-report"])
        row["page MB"] = (root / f"{count}-report" / "index.html").stat().st_size / 1e6
        table.append(row)
        print(json.dumps(row), flush=True)
    if len(table) > 1:
        first, last = table[-2], table[-1]
        for name in list(first)[1:]:
            if first[name] and last[name]:
                power = math.log(last[name] / first[name]) / math.log(last["trials"] / first["trials"])
                million = last[name] * (1e6 / last["trials"]) ** power
                print(f"{name}: grows with the power {power:.2f} of the trials; a million: {million:.3g}")


if __name__ == "__main__":
    main()
