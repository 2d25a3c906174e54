#!/usr/bin/env python3
"""Exports a folder of records in every format, and opens each export with the program that it is for. All numbers
are compared with those of the records and of the report. `.ci/readers` prepares what this needs."""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import latex  # noqa: E402
import live  # noqa: E402
import mlflow_store  # noqa: E402
import optuna_journal  # noqa: E402
import ro_crate  # noqa: E402
import tensorboard_events  # noqa: E402
from expected import Expected  # noqa: E402

FORMATS = {
    "tensorboard": ("events", tensorboard_events),
    "optuna": ("journal.log", optuna_journal),
    "mlflow": ("mlruns", mlflow_store),
    "latex": ("tables.tex", latex),
    "ro-crate": ("crate", ro_crate),
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True, type=Path, help="the built lenet-lab")
    parser.add_argument("--records", type=Path, default=HERE / "records")
    parser.add_argument("--left-out", type=Path, help="file for what this machine cannot check")
    parser.add_argument("formats", nargs="*", default=list(FORMATS))
    flags = parser.parse_args()
    program = flags.program.resolve()
    lacking = []
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)

        def run(*arguments, code=0):
            done = subprocess.run([program, *arguments], capture_output=True, text=True)
            assert done.returncode == code, (arguments, done.returncode, done.stderr)
            return done

        run("report", "--records", flags.records, "--out", scratch / "report")
        expected = Expected(flags.records, scratch / "report")
        for name in flags.formats:
            out, reader = FORMATS[name]
            extra = ["--license", "CC-BY-4.0"] if name == "ro-crate" else []
            call = ["export-records", "--records", flags.records, "--format", name, *extra]
            told = run(*call, "--out", scratch / out).stderr
            assert "left out" in told, told
            refused = run(*call, "--out", scratch / out, code=2)
            assert "--force" in refused.stderr, refused.stderr
            again = scratch / "again" / out
            again.parent.mkdir(exist_ok=True)
            run(*call, "--out", again)
            if name != "mlflow":  # whose files hold the folder's own path
                assert contents(scratch / out) == contents(again), name
            checked = reader.check(scratch / out, expected, program)
            lacking += [f"{name}: {what}" for what in checked.pop("lacking", [])]
            print(f"{name}: " + ", ".join(f"{n} {what}" for what, n in checked.items()))
        checked = live.check(scratch / "live-events", expected, program)
        print("experiments --tensorboard: " + ", ".join(f"{n} {what}" for what, n in checked.items()))
    if flags.left_out:
        with open(flags.left_out, "a") as file:
            file.writelines(f"readers, {line}\n" for line in lacking)
    for line in lacking:
        print(f"not checked: {line}")


def contents(path):
    if path.is_file():
        return path.read_bytes()
    files = sorted(p for p in path.rglob("*") if p.is_file())
    return [(p.relative_to(path), p.read_bytes()) for p in files]


if __name__ == "__main__":
    main()
