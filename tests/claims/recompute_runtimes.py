"""Writes recompute_runtimes.json beside itself: claims 9 and 10 of the 2017 study from the committed samples.

Nothing of this project computes here: the table is read as text, intervals are scipy's. Each round is a process
of its own and gives one number: the mean, over all cells, of the logarithm of the ratio of seconds. Run with a
Python that has numpy and scipy; takes no arguments and gives the same file every time.
"""

import csv
import json
import pathlib

import numpy as np
from scipy import stats

FOLDER = pathlib.Path(__file__).resolve().parent
TABLE = FOLDER.parents[1] / "docs" / "results" / "runtime-by-process" / "runtime-samples.csv"
FILTERS = ["8", "16", "32", "64", "128", "256"]
ROUNDS = ["1", "2", "3", "4", "5"]

seconds = {}
with TABLE.open(newline="") as file:
    for row in csv.DictReader(file):
        assert (row["device"], row["trials"]) == ("cpu", "1")
        key = (row["filters"], row["batch_size"], row["dropout"], row["round"])
        assert seconds.setdefault(key, float(row["seconds"])) == float(row["seconds"])


def ratio(left, right, cells, comparisons):
    """Point, lower and upper bound of the ratio by Student's t on logarithms, over rounds."""
    logs = [np.mean([np.log(seconds[left(c, r)] / seconds[right(c, r)]) for c in cells]) for r in ROUNDS]
    half = stats.t.isf(0.05 / comparisons / 2, len(logs) - 1) * stats.sem(logs)
    middle = np.mean(logs)
    return [float(np.exp(v)) for v in (middle, middle - half, middle + half)]


sizes = [(f, b) for f in FILTERS for b in ("16", "64")]
dropout = ratio(lambda c, r: (*c, "0.5", r), lambda c, r: (*c, "0", r), sizes, 1)
small = [(f, d) for f in FILTERS for d in ("0", "0.5")]
batch = ratio(lambda c, r: (c[0], "16", c[1], r), lambda c, r: (c[0], "64", c[1], r), small, 2)
text = json.dumps({"9": dropout, "10": batch}, indent=1)
(FOLDER / "recompute_runtimes.json").write_text(text + "\n")
