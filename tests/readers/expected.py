"""What records and their report say, read by Python's own JSON and CSV."""

import csv
import json
import math

# Numbers of an epoch that epochs.csv has.
IN_CSV = ["train_loss", "validation_loss", "validation_accuracy", "test_loss", "test_accuracy"]
# Those that records have beside them.
NUMBERS = IN_CSV + ["train_accuracy", "learning_rate", "step", "train_seconds", "evaluation_seconds", "dead"]


class Expected:
    def __init__(self, records, report):
        self.study = json.loads((records / "study.json").read_text())
        self.planned = {
            t["identity"]: cell
            for figure in self.study["figures"]
            for cell in figure["cells"]
            for t in cell["trials"]
        }
        self.trials = {}
        for path in records.glob("trials/??/*.jsonl"):
            record = json.loads(path.read_text().splitlines()[0])
            self.trials[record["identity"]] = record
        for path in records.glob("trials/*/config.json"):
            record = json.loads(path.read_text())
            lines = {"epochs": "epochs.jsonl", "runs": "runs.jsonl"}
            for what, name in lines.items():
                record[what] = [json.loads(line) for line in open(path.parent / name)]
            record["outcome"] = {"kind": "interrupted"}
            self.trials[record["identity"]] = record
        for path in records.glob("trials/*/result.json"):
            record = json.loads(path.read_text())
            self.trials[record["identity"]] = record
        self.results = list(csv.DictReader(open(report / "results.csv")))
        # epochs.csv has a row for each figure; those of one trial say the same.
        self.csv = {}
        for row in csv.DictReader(open(report / "epochs.csv")):
            key = (row["identity"], int(row["epoch"]))
            numbers = {name: float(row[name]) for name in IN_CSV}
            assert same(self.csv.setdefault(key, numbers), numbers), key
        for (identity, epoch), numbers in self.csv.items():
            record = self.trials[identity]["epochs"][epoch - 1]
            assert all(same(float(record[name]), numbers[name]) for name in IN_CSV), identity

    def numbers(self, identity):
        """The numbers of each epoch of a trial, by epoch."""
        found = {}
        for epoch in self.trials[identity]["epochs"]:
            numbers = {name: float(epoch[name]) for name in NUMBERS}
            found[epoch["epoch"]] = numbers | self.csv.get((identity, epoch["epoch"]), {})
        return found

    def ends(self, identity):
        """When each epoch ended, in seconds since 1970."""
        record = self.trials[identity]
        now, run, ends = 0.0, None, {}
        for epoch in record["epochs"]:
            latest = [r for r in record["runs"] if r["from_epoch"] < epoch["epoch"]][-1]
            if latest is not run:
                now, run = max(now, float(latest["started_unix"])), latest
            now += (epoch["train_seconds"] + epoch["evaluation_seconds"]) * run.get("group", 1)
            ends[epoch["epoch"]] = now
        return ends


def same(a, b):
    """Whether two numbers, or two tables of them, are equal to the bit, NaN with NaN."""
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    return a == b or math.isnan(a) and math.isnan(b)
