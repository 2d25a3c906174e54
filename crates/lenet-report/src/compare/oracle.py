"""Writes oracle.json beside itself: means, differences and their intervals of the cells that tests.rs makes up.

Run with a Python that has numpy and scipy; takes no arguments and gives the same file every time.
"""

import json
import pathlib

import numpy as np
from scipy import special, stats

LEVEL = 0.95
# Rate of the cell, test accuracies by seed in A and in B.
CELLS = {
    "0.1": ({1: 0.90, 2: 0.91, 3: 0.92, 4: 0.93}, {1: 0.95, 2: 0.955, 3: 0.972, 4: 0.98}),
    "0.3": ({1: 0.80, 2: 0.82, 3: 0.85}, {11: 0.81, 12: 0.88, 13: 0.84}),
    "0.6": ({1: 0.60, 2: 0.61, 3: 0.62}, {1: 0.61, 2: 0.60, 3: 0.625}),
}


def mean(values):
    """On the logit scale."""
    n, m = len(values), np.mean(values)
    half = stats.t.isf((1 - LEVEL) / 2, n - 1) * stats.sem(values) / (m * (1 - m))
    low, high = special.expit(special.logit(m) + np.array([-half, half]))
    return [float(m), float(low), float(high)]


def difference(a, b):
    """B less A: of pairs with one seed, or of independent samples."""
    shared = sorted(a.keys() & b.keys())
    if len(shared) > 1:
        test = stats.ttest_rel([b[s] for s in shared], [a[s] for s in shared])
        point = np.mean([b[s] - a[s] for s in shared])
    else:
        test = stats.ttest_ind(list(b.values()), list(a.values()), equal_var=False)
        point = np.mean(list(b.values())) - np.mean(list(a.values()))
    low, high = test.confidence_interval(LEVEL)
    return [float(point), float(low), float(high)]


cells = {
    rate: {"a": mean(list(a.values())), "b": mean(list(b.values())), "difference": difference(a, b)}
    for rate, (a, b) in CELLS.items()
}
path = pathlib.Path(__file__).resolve().with_name("oracle.json")
path.write_text(json.dumps(cells, indent=1) + "\n")
