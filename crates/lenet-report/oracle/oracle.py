"""Writes oracle.json beside itself: what tests of this crate expect, by scipy and statsmodels.

Run with a Python that has numpy, scipy and statsmodels; takes no arguments and gives the same file every
time.
"""

import json
import pathlib

import numpy as np
from scipy import special, stats
from statsmodels.stats.multitest import multipletests

SEED = 2017
RNG = np.random.default_rng(SEED)
LEVELS = [0.95, 1 - 0.05 / 3]


def accuracies(mean, deviation, n):
    return [round(float(value), 4) for value in RNG.normal(mean, deviation, n)]


def mean_interval(values, level):
    half = stats.t.isf((1 - level) / 2, len(values) - 1) * stats.sem(values)
    return np.mean(values) + np.array([0, -half, half])


def share_interval(values, level):
    """Student's t on the logit scale, turned back."""
    mean = np.mean(values)
    half = stats.t.isf((1 - level) / 2, len(values) - 1) * stats.sem(values) / (mean * (1 - mean))
    return special.expit(special.logit(mean) + np.array([0, -half, half]))


def spread_interval(values, level):
    df, squares = len(values) - 1, np.sum((values - np.mean(values)) ** 2)
    tail = (1 - level) / 2
    return np.sqrt(squares / np.array([df, stats.chi2.isf(tail, df), stats.chi2.ppf(tail, df)]))


def estimates():
    """Point, lower and upper bound of each quantity. Image counts are those of the tests' studies."""
    images = 100
    cases = []
    for n in (2, 5):
        left, right = accuracies(0.9, 0.02, n), accuracies(0.8, 0.05, n)
        l, r = np.array(left), np.array(right)
        chance = lambda values: np.mean(values) * (1 - np.mean(values)) / images
        for level in LEVELS:
            distance = abs(np.mean(l - r)) / np.sqrt(chance(l) + chance(r))
            z = stats.norm.isf((1 - level) / 2)
            found = {
                "value": share_interval(l, level),
                "difference": mean_interval(l - r, level),
                "ratio": np.exp(mean_interval(np.log(l / r), level)),
                "distance": mean_interval(np.abs(l - r), level),
                "reduction": mean_interval(1 - r / l, level),
                "spread": spread_interval(l, level),
                "spread_beyond_chance": spread_interval(l, level) / np.sqrt(chance(l)),
                "distance_beyond_chance": [distance, max(0, distance - z), distance + z],
            }
            for quantity, estimate in found.items():
                estimate = [float(number) for number in estimate]
                cases.append(
                    {
                        "quantity": quantity,
                        "left": left,
                        "right": right,
                        "level": level,
                        "estimate": estimate,
                    }
                )
    return cases


def decision(rule, differences):
    """Whether the point meets the rule, and the two-sided p-value of what the point suggests."""
    kind, *bounds = rule
    mean = np.mean(differences)
    p = [float(stats.ttest_1samp(differences, bound).pvalue) for bound in bounds]
    if kind == "above":
        return mean > bounds[0], p[0]
    if kind == "below":
        return mean < bounds[0], p[0]
    inside = bounds[0] < mean < bounds[1]
    # Inside, both bounds must be excluded; outside, the nearer one.
    return inside, max(p) if inside else p[0] if mean <= bounds[0] else p[1]


def combined(scope, meets, adjusted):
    """The least error at which comparisons with these adjusted p-values decide the claim."""
    holding = [p for p, m in zip(adjusted, meets) if m]
    failing = [p for p, m in zip(adjusted, meets) if not m]
    if scope == "all":
        return min(failing) if failing else max(holding)
    if scope == "any":
        return min(holding) if holding else max(failing)
    return 1.0 if holding and failing else max(adjusted)


def p_values():
    rules = [("above", 0.0), ("below", 0.01), ("within", -0.005, 0.005), ("within", 0.0, 0.08)]
    cases = []
    for shifts in ([0.04], [-0.03], [0.0], [0.05, 0.02, 0.004], [0.05, -0.04], [-0.01, -0.05, -0.06]):
        comparisons = []
        for shift in shifts:
            right = accuracies(0.9, 0.01, 6)
            noise = RNG.normal(shift, 0.008, 6)
            left = [round(float(r + change), 4) for r, change in zip(right, noise)]
            comparisons.append({"left": left, "right": right})
        for rule in rules:
            parts = [decision(rule, np.subtract(c["left"], c["right"])) for c in comparisons]
            meets, p = zip(*parts)
            for correction in ("bonferroni", "holm"):
                adjusted = multipletests(p, method=correction)[1]
                for scope in ("all", "any", "unanimous"):
                    expected = float(combined(scope, meets, adjusted))
                    cases.append(
                        {
                            "rule": rule,
                            "correction": correction,
                            "scope": scope,
                            "comparisons": comparisons,
                            "p_value": expected,
                        }
                    )
    return cases


def levels():
    """The level of each comparison of a claim under Holm's step-down."""
    cases = []
    for shifts in ([0.05, 0.0, 0.03], [0.0, 0.008, 0.012], [0.05, 0.04, 0.03, 0.02], [0.05, 0.007, 0.007]):
        comparisons, p = [], []
        for shift in shifts:
            right = accuracies(0.9, 0.01, 6)
            left = [round(r + shift + float(RNG.normal(0, 0.01)), 4) for r in right]
            comparisons.append({"left": left, "right": right})
            p.append(float(stats.ttest_rel(left, right).pvalue))
        m, order = len(p), np.argsort(p)
        found = [0.0] * m
        going = True
        for rank, at in enumerate(order):
            share = 0.05 / (m - rank) if going else share
            going = going and p[at] <= share
            found[at] = 1 - share
        rejected = multipletests(p, 0.05, method="holm")[0]
        assert [p[i] <= 1 - found[i] for i in range(m)] == list(rejected)
        cases.append({"comparisons": comparisons, "p": p, "levels": found})
    return cases


def families():
    """Which of several claims are decided after Holm's adjustment at 5 %."""
    cases = [
        [0.01, 0.04, 0.03, 0.005],
        [0.012, 0.012, 0.012, 0.012],
        [0.0125, 0.9, 0.0166, 0.025],
        [0.0127, 0.001, 0.001, 0.001],
        [0.05],
        [0.0501],
        [0.001, 0.2, 0.024, 0.026],
    ]
    cases.append([round(float(p), 4) for p in RNG.uniform(0, 0.03, 12)])
    return [{"p": p, "decided": [bool(r) for r in multipletests(p, 0.05, method="holm")[0]]} for p in cases]


def cells():
    """Means of a cell of five trials, of which the last died, and the share of the dead."""
    tests = [0.9, 0.92, 0.94, 0.96, 0.1]
    died = stats.binomtest(1, 5).proportion_ci(0.95, "exact")
    return {
        "tests": tests,
        "all": list(share_interval(tests, 0.95)),
        "validation": list(share_interval(np.array(tests) + 0.001, 0.95)),
        "alive": list(share_interval(tests[:-1], 0.95)),
        "died": [float(died.low), float(died.high)],
    }


def main():
    parts = [estimates, p_values, levels, families, cells]
    oracle = {part.__name__: part() for part in parts}
    text = ",\n".join(f"{json.dumps(name)}: {json.dumps(cases)}" for name, cases in oracle.items())
    path = pathlib.Path(__file__).resolve().with_name("oracle.json")
    path.write_text("{" + text + "}\n")


main()
