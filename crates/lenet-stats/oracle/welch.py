"""Writes welch.json beside itself: what the tests of lenet-stats expect of differences of two independent samples.

Run with a Python that has numpy and scipy; takes no arguments and gives the same file every time.
"""

import json
import pathlib

import numpy as np
from scipy import stats

LEVELS = [0.8, 0.95, 0.99, 0.99999]
RNG = np.random.default_rng(7)


def differences():
    """Bounds by Welch's test, whose interval scipy inverts itself."""
    samples = [
        ([0.9871, 0.9869, 0.9880, 0.9859, 0.9866], [0.9865, 0.9858, 0.9871]),
        ([0.02, 0.11], [0.5, 0.25]),
        ([1.0, 2.0, 4.0], [3.0, 3.0, 3.0]),
        ([3.0, 3.0], [1.0, 2.0, 4.0, 8.0]),
        (list(RNG.normal(0.98, 0.003, 12)), list(RNG.normal(0.97, 0.03, 5))),
        (list(RNG.normal(-5, 2, 2)), list(RNG.normal(5, 0.01, 40))),
    ]
    cases = []
    for left, right in samples:
        test = stats.ttest_ind(left, right, equal_var=False)
        for level in LEVELS:
            low, high = test.confidence_interval(level)
            cases.append(
                {
                    "left": left,
                    "right": right,
                    "level": level,
                    "point": float(np.mean(left) - np.mean(right)),
                    "interval": [float(low), float(high)],
                }
            )
    return cases


path = pathlib.Path(__file__).resolve().with_name("welch.json")
path.write_text(json.dumps({"differences": differences()}, indent=1) + "\n")
