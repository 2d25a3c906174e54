"""Densities of Parzen estimators, by Optuna: writes oracle.json.

Run in this folder with Python 3 and Optuna 5.0.0 (pip install optuna==5.0.0). Observations and places are
fixed below; Optuna weighs old observations less from the 25th on, so weights are given as equal."""

import json
import math
import random

import numpy as np
import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.samplers._tpe.parzen_estimator import _ParzenEstimator, _ParzenEstimatorParameters

optuna.logging.set_verbosity(optuna.logging.ERROR)
draw = random.Random(7)


def numbers(name, scale, low, high, distribution, observations, at):
    return {
        "name": name,
        "numbers": {"from": low, "to": high, "scale": scale},
        "distribution": distribution,
        "observations": observations,
        "at": at,
    }


def rounded(value):
    return float(f"{value:.3e}")


def spread(count, low, high, log):
    def one():
        if log:
            return rounded(math.exp(draw.uniform(math.log(low), math.log(high))))
        return rounded(draw.uniform(low, high))

    return [one() for _ in range(count)]


cases = []
for count in (0, 1, 2, 5, 30, 150):
    cases.append(numbers(f"linear {count}", "linear", 0.0, 0.9, FloatDistribution(0.0, 0.9),
                         spread(count, 0.0, 0.9, False), [0.0, 0.1, 0.25, 0.45, 0.8, 0.9]))
    cases.append(numbers(f"log {count}", "log", 1e-4, 1.0, FloatDistribution(1e-4, 1.0, log=True),
                         spread(count, 1e-4, 1.0, True), [1e-4, 3e-4, 0.01, 0.05, 0.7, 1.0]))
    cases.append(numbers(f"integer {count}", "integer", 4, 32, IntDistribution(4, 32),
                         [draw.randint(4, 32) for _ in range(count)], [4, 7, 16, 18, 31, 32]))
    cases.append(numbers(f"integer-log {count}", "integer-log", 4, 64, IntDistribution(4, 64, log=True),
                         [draw.randint(4, 64) for _ in range(count)], [4, 7, 16, 18, 63, 64]))
for observed in ([], [0], [2, 2, 1], [0, 0, 0, 1, 0, 0, 0, 0, 0, 0]):
    cases.append({"name": f"choice {len(observed)}", "choices": 3, "distribution": CategoricalDistribution([0, 1, 2]),
                  "observations": observed, "at": [0, 1, 2]})

found = []
for case in cases:
    parameters = _ParzenEstimatorParameters(
        prior_weight=1.0,
        consider_magic_clip=True,
        consider_endpoints=False,
        weights=lambda n: np.ones(n),
        multivariate=False,
    )
    distribution = case.pop("distribution")
    estimator = _ParzenEstimator({"x": np.asarray(case["observations"], dtype=float)}, {"x": distribution}, parameters)
    ln = estimator.log_pdf({"x": np.asarray(case["at"], dtype=float)})
    case["ln"] = [float(v) for v in ln]
    found.append(case)
with open("oracle.json", "w") as file:
    file.write("[\n" + ",\n".join(json.dumps(case) for case in found) + "\n]\n")
