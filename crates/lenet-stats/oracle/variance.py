"""Writes variance.json beside itself: what the tests of grids expect, by statsmodels and scipy.

Run with a Python that has numpy, pandas, scipy and statsmodels; takes no arguments and gives the same file
every time.
"""

import itertools
import json
import pathlib
import warnings

import numpy as np
import pandas as pd
import statsmodels.formula.api as smf
from scipy import optimize, special, stats
from statsmodels.stats.anova import anova_lm

RNG = np.random.default_rng(21)
LEVELS = [0.8, 0.95, 0.999]


def incomplete_beta():
    """Rows of a, b, x, 1 - x, and both tails."""
    parameters = [(0.5, 0.5), (1.0, 4.0), (2.5, 384.0), (40.0, 7.5), (384.0, 20_000.0), (30_000.5, 0.5)]
    rows = []
    for a, b in parameters:
        middle = a / (a + b)
        for odds in [0.2, 0.8, 0.99, 1.0, 1.02, 1.5, 4.0]:
            ratio = odds * middle / (1 - middle)
            x, y = ratio / (1 + ratio), 1 / (1 + ratio)
            rows.append([a, b, x, y, special.betainc(a, b, x), special.betaincc(a, b, x)])
    return [row for row in rows if min(row[4:]) > 1e-200]


def tails():
    """Rows of F, its degrees of freedom, the noncentrality, and both tails of noncentral F."""
    rows = []
    for effect, residual in [(1, 1), (1, 768), (2, 12), (5, 768), (12, 40_000), (400, 30)]:
        for noncentrality in [0.0, 1e-3, 0.7, 9.0, 150.0, 4_000.0, 60_000.0]:
            expected = 1 + noncentrality / effect
            for factor in [0.1, 0.6, 0.95, 1.0, 1.1, 2.0, 8.0]:
                f = expected * factor
                distribution = stats.ncf(effect, residual, noncentrality)
                if noncentrality == 0:
                    distribution = stats.f(effect, residual)
                rows.append([f, effect, residual, noncentrality, distribution.cdf(f), distribution.sf(f)])
    # scipy loses the digits of smaller tails.
    return [row for row in rows if min(row[4:]) > 1e-5]


def p_values():
    """Rows of F, its degrees of freedom, and the p-value."""
    rows = itertools.product([0.0, 0.3, 1.0, 4.0, 90.0, 3e4], [1, 4, 60], [1, 8, 960, 50_000])
    rows = [[f, a, b, stats.f.sf(f, a, b)] for f, a, b in rows]
    return [row for row in rows if row[-1] > 1e-280]


def noncentralities(f, effect, residual, level):
    """At which a statistic as large has probability (1 - level)/2, and one as small; `residual` by these."""

    def above(nc):
        return stats.ncf.sf(f, effect, residual(nc), nc) if nc > 0 else stats.f.sf(f, effect, residual(0.0))

    def solve(probability):
        if above(0.0) >= probability:
            return 0.0
        high = 1.0
        while above(high) < probability:
            high *= 2
        return optimize.brentq(lambda nc: above(nc) - probability, 0.0, high, xtol=1e-13, rtol=1e-14)

    tail = (1 - level) / 2
    return np.array([solve(tail), solve(1 - tail)])


def share_interval(f, degrees, others, other_degrees, residual, n, level):
    """Satterthwaite: the variance of (own - degrees * e) - nc * all_others / mean, as that of a quotient
    whose numerator is noncentral chi-square; e is the residual mean square, all over the true variance."""
    mean_square, df = residual["sum_sq"] / residual["df"], residual["df"]
    nc_others = max(others / mean_square - other_degrees, 0.0) if other_degrees > 0 else 0.0
    mean = other_degrees + df + nc_others
    variance = 2 * (other_degrees + df + 2 * nc_others)

    def by(nc):
        # The covariance of the residual mean square and of its sum with all others is 2.
        whole = degrees**2 * 2 / df + 2 * degrees * nc * 2 / mean + nc**2 * variance / mean**2
        return 2 * (degrees + nc) ** 2 / whole

    own = noncentralities(f, degrees, by, level)
    point = max(squares_beyond_chance(f, degrees), 0.0)
    return [point / (point + nc_others + n), list(own / (own + nc_others + n))]


def squares_beyond_chance(f, degrees):
    """Estimate of the noncentrality."""
    return degrees * f - degrees


def draw(levels, n, sizes, noise):
    """Values of a grid: a main effect for each axis, interactions of two and of all, and noise."""
    shape = tuple(levels)
    cells = np.full(shape, 0.97)
    for axes in [c for k in (1, 2, len(levels)) for c in itertools.combinations(range(len(levels)), k)]:
        part = RNG.normal(0, sizes[min(len(axes), 3) - 1], [levels[a] if a in axes else 1 for a in range(len(levels))])
        cells = cells + part
    return cells.reshape(-1, 1) + RNG.normal(0, noise, (cells.size, n))


def table(levels, values):
    """Sum of squares and degrees of freedom by the set of axes, and those of the residual."""
    names = [f"x{axis}" for axis in range(len(levels))]
    rows = itertools.product(*[range(n) for n in levels])
    frame = pd.DataFrame([row for row in rows for _ in range(values.shape[1])], columns=names)
    frame["y"] = values.ravel()
    used = [name for name, n in zip(names, levels) if n > 1]
    formula = "y ~ " + " * ".join(f"C({name}, Sum)" for name in used)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # Type 2 divides by the residual, which a grid of one value per cell lacks.
        anova = anova_lm(smf.ols(formula, frame).fit(), typ=2 if values.shape[1] > 1 else 1)
    parts = {}
    for name, row in anova.iterrows():
        if name != "Residual":
            axes = tuple(names.index(term[2:4]) for term in name.split(":"))
            parts[axes] = row
    return parts, anova.loc["Residual"]


def effect(rows, residual, total, between, n, level):
    """Of the rows together."""
    squares = float(sum(row["sum_sq"] for row in rows))
    degrees = int(sum(row["df"] for row in rows))
    found = {"sum_of_squares": squares, "degrees_of_freedom": degrees, "share": squares / total}
    if degrees == 0 or residual["df"] == 0:
        return found | {"test": None}
    mean_square = residual["sum_sq"] / residual["df"]
    statistic = lambda squares, degrees: squares / degrees / mean_square
    f = statistic(squares, degrees)
    if len(rows) == 1:
        np.testing.assert_allclose([f, stats.f.sf(f, degrees, residual["df"])], [rows[0]["F"], rows[0]["PR(>F)"]], rtol=1e-8)
    own = noncentralities(f, degrees, lambda _: residual["df"], level)
    rest = (between[0] - squares, between[1] - degrees)
    share = share_interval(f, degrees, *rest, residual, n, level)
    if f > 1 and between[0] - squares > (between[1] - degrees) * mean_square:
        # Its textbook form.
        np.testing.assert_allclose(share[0], (squares - degrees * mean_square) / (total + mean_square), rtol=1e-9)
    point = max(squares_beyond_chance(f, degrees), 0.0)
    partial = [point / (point + n), list(own / (own + n))]
    test = {"f_statistic": f, "p_value": stats.f.sf(f, degrees, residual["df"]), "share": share, "partial": partial}
    return found | {"test": test}


def main_effect(levels, values, axis, level):
    means = np.moveaxis(values.reshape(*levels, -1), axis, 0).reshape(levels[axis], -1).mean(axis=1)
    degrees = values.size - len(values)
    if degrees == 0:
        return [[mean, None] for mean in means]
    pooled = np.sum((values - values.mean(axis=1, keepdims=True)) ** 2) / degrees
    half = stats.t.isf((1 - level) / 2, degrees) * np.sqrt(pooled / (values.size // levels[axis]))
    return [[mean, [mean - half, mean + half]] for mean in means]


def grids():
    cases = [
        ([3], 4, (0.01, 0, 0), 0.01),
        ([2, 3], 1, (0.01, 0.01, 0), 0.01),
        ([2, 3], 2, (0.01, 0.003, 0), 0.002),
        ([3, 2, 4], 5, (0.02, 0.01, 0.003), 0.004),
        ([4, 3, 2], 3, (0, 0, 0), 0.01),
        ([1, 3, 2], 3, (0.01, 0.002, 0), 0.003),
        ([2, 2, 3, 2], 2, (0.01, 0.004, 0.002), 0.003),
        ([2, 3, 2, 2], 3, (0.05, 0.01, 0.01), 0.0005),
    ]
    found = []
    for (levels, n, sizes, noise), level in zip(cases, itertools.cycle(LEVELS)):
        values = draw(levels, n, sizes, noise)
        parts, residual = table(levels, values)
        if n == 1:
            residual = {"sum_sq": 0.0, "df": 0}
        total = float(np.sum((values - values.mean()) ** 2))
        within = float(np.sum((values - values.mean(axis=1, keepdims=True)) ** 2))
        between = (total - within, len(values) - 1)
        np.testing.assert_allclose(residual["sum_sq"], within, rtol=1e-8)
        one = lambda rows: effect(rows, residual, total, between, values.size, level)
        axes = range(len(levels))
        rows_of = lambda key: [parts[key]] if key in parts else []
        pairs = list(itertools.combinations(axes, 2))
        found.append(
            {
                "levels": levels,
                "values": values.tolist(),
                "level": level,
                "total": total,
                "main": [one(rows_of((axis,))) for axis in axes],
                "interactions": [{"axes": pair, "effect": one(rows_of(pair))} for pair in pairs],
                "higher": one([row for key, row in parts.items() if len(key) > 2]),
                "residual": [within, int(residual["df"]), within / total],
                "means": [main_effect(levels, values, axis, level) for axis in axes],
            }
        )
    return found


def main():
    oracle = {part.__name__: part() for part in [incomplete_beta, tails, p_values, grids]}
    text = ",\n".join(f"{json.dumps(name)}: {json.dumps(cases, default=float)}" for name, cases in oracle.items())
    pathlib.Path(__file__).resolve().with_name("variance.json").write_text("{" + text + "}\n")


main()
