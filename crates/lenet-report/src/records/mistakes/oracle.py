"""Writes oracle.json: what the answers of three networks to twelve images add up to, by scipy and
scikit-learn. Needs both (`pip install scipy scikit-learn`); run it in this folder."""

import json
from collections import Counter

import numpy as np
from scipy import stats
from sklearn.calibration import calibration_curve
from sklearn.metrics import confusion_matrix

LABELS = [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]
# Class and confidence of each image, a row for each network.
SAID = [
    [(0, 1.0), (0, 1.0), (1, 0.75), (2, 0.5), (1, 1.0), (1, 1.0), (1, 0.75), (1, 0.5), (2, 1.0),
     (2, 1.0), (0, 1.0), (0, 1.0)],
    [(0, 1.0), (0, 0.75), (0, 0.5), (2, 1.0), (1, 1.0), (1, 0.75), (2, 0.75), (1, 1.0), (2, 1.0),
     (2, 1.0), (2, 0.75), (0, 0.75)],
    [(0, 0.75), (0, 1.0), (2, 0.5), (1, 0.75), (1, 1.0), (1, 1.0), (2, 0.5), (1, 1.0), (2, 1.0),
     (2, 1.0), (2, 0.75), (0, 1.0)],
]
SECOND = [1, 0, 0, 0, 2, 2, 1, 2, 0, 2, 2, 2]

truth = np.array(LABELS)
said = np.array([[c for c, _ in row] for row in SAID])
confidence = np.array([[p for _, p in row] for row in SAID])
right = said == truth


def bounded(shares):
    """Student's t interval of the mean on the scale of logits (delta method)."""
    m, s, n = np.mean(shares), np.std(shares, ddof=1), len(shares)
    half = stats.t.ppf(0.975, n - 1) * s / (np.sqrt(n) * m * (1 - m))
    logit = np.log(m / (1 - m))
    expit = lambda x: 1 / (1 + np.exp(-x))
    return [float(x) for x in (m, expit(logit - half), expit(logit + half))]


def exact(k, n):
    """Clopper and Pearson."""
    interval = stats.binomtest(k, n).proportion_ci(0.95, method="exact")
    return [k / n, float(interval.low), float(interval.high)]


def vote(image):
    votes, weight = Counter(said[:, image]), Counter()
    for c, p in zip(said[:, image], confidence[:, image]):
        weight[c] += p
    return max(votes, key=lambda c: (votes[c], weight[c], -c))


voted = [vote(image) for image in range(12)]
accuracy, mean_confidence = calibration_curve(right.ravel(), confidence.ravel(), n_bins=10)
bins = np.ceil(confidence.ravel() * 10 - 1e-9).astype(int)
shares = [np.mean(bins == b) for b in sorted(set(bins))]
gaps = np.abs(accuracy - mean_confidence)
only_best = int(np.sum(right[1] & (np.array(SECOND) != truth)))
only_second = int(np.sum(~right[1] & (np.array(SECOND) == truth)))
with open("oracle.json", "w") as file:
    numbers = {
        "confusion": confusion_matrix(np.tile(truth, 3), said.ravel()).tolist(),
        "classes": [bounded(right[:, truth == c].mean(axis=1)) for c in range(3)],
        "mean": bounded(right.mean(axis=1)),
        "vote": exact(int(np.sum(np.array(voted) == truth)), 12),
        "alone": exact(int(right[0].sum()), 12),
        "bins": [[float(p), float(a)] for p, a in zip(mean_confidence, accuracy)],
        "expected_error": float(np.dot(shares, gaps)),
        "maximum_error": float(gaps.max()),
        "only_best": only_best,
        "only_second": only_second,
        "p": float(stats.binomtest(only_best, only_best + only_second).pvalue),
    }
    file.write(json.dumps(numbers, indent=1) + "\n")
