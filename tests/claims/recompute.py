"""Writes recompute.json beside itself: claims 1 to 6 of the 2017 study from its committed table of epochs.

Nothing of this project computes here: the table is read as text, means and intervals are scipy's. Run with
a Python that has numpy and scipy; takes no arguments and gives the same file every time.
"""

import csv
import json
import pathlib

import numpy as np
from scipy import stats

FOLDER = pathlib.Path(__file__).resolve().parent
TABLE = FOLDER.parents[1] / "docs" / "results" / "lab-2017" / "epochs.csv"
RATES = ["0.1", "0.01", "0.001", "0.0001"]


def read():
    """Accuracies by measure, cell, seed and epoch. Figures that share a cell repeat its rows."""
    table = {}
    with TABLE.open(newline="") as file:
        for row in csv.DictReader(file):
            assert (row["filters"], row["batch_size"]) == ("16", "128")
            connected = row["dropout_connected"] == "true"
            cell = (row["optimizer"], row["learning_rate"], float(row["dropout_rate"]), connected)
            for measure in ("validation_accuracy", "test_accuracy"):
                key = (measure, cell, int(row["seed"]), int(row["epoch"]))
                value = float(row[measure])
                assert table.setdefault(key, value) == value
    return table


TABLE_OF_EPOCHS = read()
CELLS = sorted({cell for _, cell, _, _ in TABLE_OF_EPOCHS})
SEEDS = sorted({seed for _, _, seed, _ in TABLE_OF_EPOCHS})


def values(cell, epoch=10, measure="test_accuracy"):
    return np.array([TABLE_OF_EPOCHS[measure, cell, seed, epoch] for seed in SEEDS])


def sgd(rate, dropout=0.0):
    return ("sgd", rate, dropout, True)


def mean(observations, comparisons=1):
    """Student's t, with Bonferroni's share of the error."""
    low, high = stats.t.interval(
        1 - 0.05 / comparisons,
        len(observations) - 1,
        loc=np.mean(observations),
        scale=stats.sem(observations),
    )
    return {"estimate": float(np.mean(observations)), "low": float(low), "high": float(high)}


def spread(observations):
    df, squares = len(observations) - 1, np.sum((observations - observations.mean()) ** 2)
    chi_square = stats.chi2.ppf([0.975, 0.025], df)
    low, high = np.sqrt(squares / chi_square)
    return {"estimate": float(np.std(observations, ddof=1)), "low": float(low), "high": float(high)}


def best_rate():
    """The difference whose lower bound is lowest."""
    differences = [mean(values(sgd("0.1")) - values(sgd(rate)), 3) for rate in RATES[1:]]
    return min(differences, key=lambda d: d["low"])


def slow_rate():
    return mean(values(sgd("0.1"), epoch=1) - values(sgd("0.0001")))


def chance(accuracies, images):
    """Variance of an accuracy that a finite number of images explains."""
    p = np.mean(accuracies)
    return p * (1 - p) / images


def runs_vary():
    """In units of what 10,000 test images explain."""
    accuracies = values(sgd("0.1"))
    unit = np.sqrt(chance(accuracies, 10_000))
    return {name: value / unit for name, value in spread(accuracies).items()}


def validation_beside_test():
    """Averaged within each seed over the cells that learned something: the first of two comparisons, which
    share the error. The second, in units of chance, decides the claim and is checked here."""
    learned = [cell for cell in CELLS if np.mean(values(cell)) >= 0.5]
    pairs = [(values(cell, measure="validation_accuracy"), values(cell)) for cell in learned]
    signed = np.mean([np.mean(validation - test) for validation, test in pairs])
    unit = np.sqrt(np.mean([chance(v, 5_000) + chance(t, 10_000) for v, t in pairs]))
    reach = stats.norm.ppf(1 - 0.05 / 2 / 2)
    assert abs(signed) / unit < reach, "the two are further apart than chance explains"
    found = mean(np.mean([np.abs(v - t) for v, t in pairs], axis=0), 2)
    return found | {"low": max(0.0, found["low"]), "beyond_chance": abs(signed) / unit}


def dropout():
    """The change that lies farthest from 0."""
    changes = [mean(values(sgd(rate, 0.5)) - values(sgd(rate)), 4) for rate in RATES]
    return max(changes, key=lambda c: abs(c["estimate"]))


def adam():
    unconnected = ("adam", "0.001", 0.5, False)
    return mean(values(unconnected, epoch=1) - values(sgd("0.001")))


def main():
    assert len(SEEDS) == 5
    claims = [best_rate, slow_rate, runs_vary, validation_beside_test, dropout, adam]
    found = [{"claim": at} | claim() for at, claim in enumerate(claims, 1)]
    (FOLDER / "recompute.json").write_text(json.dumps(found, indent=2) + "\n")


main()
