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
# Images of the splits.
VALIDATION, TEST = 5_000, 10_000


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


def error(comparisons):
    """Bonferroni's share of the error, half for each side."""
    return 0.05 / comparisons / 2


def mean(observations, comparisons=1):
    """Point, lower and upper bound by Student's t."""
    n = len(observations)
    half = stats.t.isf(error(comparisons), n - 1) * stats.sem(observations)
    return [np.mean(observations), np.mean(observations) - half, np.mean(observations) + half]


def chance(observations, images):
    """Variance that a finite number of images explains."""
    p = np.mean(observations)
    return p * (1 - p) / images


def above(estimate, bound):
    return estimate[1] > bound, estimate[2] <= bound


def below(estimate, bound):
    return estimate[2] < bound, estimate[1] >= bound


def within(estimate, least, most):
    inside = least < estimate[1] and estimate[2] < most
    return inside, estimate[2] <= least or estimate[1] >= most


def claim(estimates, decisions, shown=0):
    """All comparisons must hold; one that does not refutes the claim."""
    holds, fails = zip(*decisions)
    verdict = "holds" if all(holds) else "does not hold" if any(fails) else "undecided"
    estimates = [[float(number) for number in estimate] for estimate in estimates]
    return {"verdict": verdict, "shown": estimates[shown], "comparisons": estimates}


def best_rate():
    """Shown is the difference whose lower bound is lowest."""
    differences = [mean(values(sgd("0.1")) - values(sgd(rate)), 3) for rate in RATES[1:]]
    shown = int(np.argmin([difference[1] for difference in differences]))
    return claim(differences, [above(d, 0) for d in differences], shown)


def slow_rate():
    difference = mean(values(sgd("0.1"), epoch=1) - values(sgd("0.0001")))
    return claim([difference], [above(difference, 0)])


def runs_vary():
    """Standard deviation over seeds, in units of what 10,000 test images explain."""
    observations = values(sgd("0.1"))
    df, squares = len(observations) - 1, np.sum((observations - observations.mean()) ** 2)
    chi_square = np.array([df, stats.chi2.isf(error(1), df), stats.chi2.ppf(error(1), df)])
    ratio = np.sqrt(squares / chi_square / chance(observations, TEST))
    return claim([ratio], [above(ratio, 1)])


def validation_beside_test():
    """Averaged within each seed over the cells that learned something."""
    learned = [cell for cell in CELLS if np.mean(values(cell)) >= 0.5]
    assert len(learned) == 12
    pairs = [(values(cell, measure="validation_accuracy"), values(cell)) for cell in learned]
    distance = mean(np.mean([np.abs(v - t) for v, t in pairs], axis=0), 2)
    variances = [chance(v, VALIDATION) + chance(t, TEST) for v, t in pairs]
    difference = abs(np.mean([v - t for v, t in pairs])) / np.sqrt(np.mean(variances))
    reach = stats.norm.isf(error(2))
    beyond = [difference, max(0, difference - reach), difference + reach]
    return claim([distance, beyond], [below(distance, 0.01), above(beyond, 0)])


def dropout():
    """Shown is the change that lies farthest from 0."""
    changes = [mean(values(sgd(rate, 0.5)) - values(sgd(rate)), 4) for rate in RATES]
    shown = int(np.argmax([abs(change[0]) for change in changes]))
    return claim(changes, [within(c, -0.005, 0.005) for c in changes], shown)


def adam():
    unconnected = ("adam", "0.001", 0.5, False)
    difference = mean(values(unconnected, epoch=1) - values(sgd("0.001")))
    return claim([difference], [above(difference, 0)])


def main():
    assert len(SEEDS) == 5
    claims = [best_rate, slow_rate, runs_vary, validation_beside_test, dropout, adam]
    (FOLDER / "recompute.json").write_text(json.dumps([claim() for claim in claims], indent=2) + "\n")


main()
