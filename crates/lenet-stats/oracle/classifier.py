"""Writes classifier.json beside itself: what the tests of classifiers expect, by scikit-learn and statsmodels.

Run with a Python that has numpy, scipy, scikit-learn and statsmodels; takes no arguments and gives the same
file every time.
"""

import json
import pathlib
import warnings

import numpy as np
from scipy import stats
from sklearn.calibration import calibration_curve
from sklearn.metrics import confusion_matrix, precision_score, recall_score
from statsmodels.stats.contingency_tables import mcnemar as statsmodels_mcnemar
from statsmodels.stats.proportion import proportion_confint

RNG = np.random.default_rng(22)


def share(right, of, level):
    """The share with its interval; None of no images."""
    if of == 0:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        low, high = proportion_confint(right, of, 1 - level, method="beta")
    return [right / of, low if right > 0 else 0.0, high if right < of else 1.0]


def confusions():
    cases = []
    for classes, n, wrong, level in [(2, 5, 0.5, 0.9), (10, 400, 0.1, 0.95), (4, 60, 0.9, 0.99)]:
        # The last class has no image, and the one before it is never predicted.
        labels = RNG.integers(0, max(classes - 1, 1), n)
        predicted = np.where(RNG.random(n) < wrong, RNG.integers(0, classes, n), labels)
        predicted[predicted == classes - 2] = 0
        counts = confusion_matrix(labels, predicted, labels=range(classes))
        score = lambda function: function(labels, predicted, labels=range(classes), average=None, zero_division=np.nan)
        recall = [share(counts[c, c], counts[c].sum(), level) for c in range(classes)]
        precision = [share(counts[c, c], counts[:, c].sum(), level) for c in range(classes)]
        for found, expected in [(recall, score(recall_score)), (precision, score(precision_score))]:
            np.testing.assert_allclose([np.nan if f is None else f[0] for f in found], expected)
        cases.append(
            {
                "classes": classes,
                "labels": labels.tolist(),
                "predicted": predicted.tolist(),
                "level": level,
                "counts": counts.tolist(),
                "accuracy": share(int(np.trace(counts)), n, level),
                "recall": recall,
                "precision": precision,
            }
        )
    return cases


def calibrations():
    on_edges = np.concatenate([[0.0, 1.0], np.linspace(0, 1, 11), np.arange(11) / 10, [0.3, 0.30000000000000004]])
    samples = [
        (np.array([0.75]), 4),
        (on_edges, 10),
        (on_edges, 7),
        (on_edges, 1),
        (RNG.beta(8, 1, 500), 15),
        (0.5 + RNG.random(50) / 2, 10),
    ]
    cases = []
    for confidences, bins in samples:
        correct = RNG.random(len(confidences)) < confidences**2
        truth, mean = calibration_curve(correct, confidences, n_bins=bins, strategy="uniform", pos_label=True)
        index = np.searchsorted(np.linspace(0, 1, bins + 1)[1:-1], confidences)
        counts = np.bincount(index, minlength=bins)
        distances = np.abs(truth - mean)
        cases.append(
            {
                "confidences": confidences.tolist(),
                "correct": correct.tolist(),
                "counts": counts.tolist(),
                # Of the bins that have images.
                "accuracy": truth.tolist(),
                "confidence": mean.tolist(),
                "expected_error": np.sum(distances * counts[counts > 0]) / len(confidences),
                "maximum_error": distances.max(),
            }
        )
    return cases


def mcnemars():
    """Rows of both counts, exact p-value, statistic and its p-value."""
    rows = []
    for b, c in [(0, 1), (1, 0), (1, 1), (0, 6), (5, 5), (3, 14), (14, 3), (40, 61), (900, 1100), (30_000, 29_500)]:
        table = [[7, b], [c, 9]]
        exact = statsmodels_mcnemar(table, exact=True)
        chi_square = statsmodels_mcnemar(table, exact=False, correction=True)
        rows.append([b, c, exact.pvalue, chi_square.statistic, chi_square.pvalue])
    return rows


def votes():
    """With few classes and voters there are many ties."""
    cases = []
    for voters, classes in [(1, 3), (2, 3), (5, 4), (8, 3)]:
        predictions = RNG.integers(0, classes, (voters, 60))
        # Whole numbers, so that sums of confidences are equal at times.
        confidences = RNG.integers(1, 4, (voters, 60)) / 4
        totals = np.zeros((classes, 60))
        counts = np.zeros((classes, 60))
        for c in range(classes):
            counts[c] = (predictions == c).sum(axis=0)
            totals[c] = np.where(predictions == c, confidences, 0).sum(axis=0)
        cases.append(
            {
                "classes": classes,
                "predictions": predictions.tolist(),
                "confidences": confidences.tolist(),
                "lowest": stats.mode(predictions, axis=0).mode.tolist(),
                "most_confident": np.argmax(counts * 1000 + totals, axis=0).tolist(),
            }
        )
    return cases


def main():
    oracle = {part.__name__: part() for part in [confusions, calibrations, mcnemars, votes]}
    text = ",\n".join(f"{json.dumps(name)}: {json.dumps(cases, default=float)}" for name, cases in oracle.items())
    pathlib.Path(__file__).resolve().with_name("classifier.json").write_text("{" + text + "}\n")


main()
