"""Writes density.json beside itself: errors of Stirling's formula, deviances, densities and small tails to 17 digits, by
mpmath with 60.

Run with a Python that has mpmath; takes no arguments and gives the same file every time.
"""

import json
import pathlib

from mpmath import betainc, binomial, exp, fac, log, mp, mpf, pi, sqrt

mp.dps = 60


def stirling_errors():
    """Rows of n and ln n! - ln(sqrt(2 pi n) (n / e)^n)."""
    numbers = [0.25, 1.0, 3.5, 9.0, 14.75, 15.0, 15.25, 16.0, 20.0, 40.5, 300.0, 1e5]
    return [(n, log(fac(mpf(n))) - log(sqrt(2 * pi * n) * (n / exp(1)) ** n)) for n in map(mpf, numbers)]


def deviances():
    """Rows of x, m, and x ln(x / m) + m - x, also where x and m are large, small, or close."""
    rows = []
    for m in map(mpf, [2.0**-20, 0.25, 1.0, 8.0, 2.0**20]):
        for ratio in [0.125, 0.75, 0.8125, 0.84375, 0.96875, 1 - 2.0**-20, 1 + 2.0**-20, 1.03125, 1.1875, 1.25, 1.5, 4.0]:
            x = m * mpf(ratio)
            rows.append((x, m, x * log(x / m) + m - x))
    return rows


def binomials():
    """Rows of a, b, p, q, and C(a + b, a) p^a q^b."""
    rows = []
    for a, b in [(1, 1), (3, 2), (0.5, 4.5), (12, 20), (300, 100), (2, 4000)]:
        for p in [0.0625, 0.25, 0.5, 0.875]:
            a, b, p = mpf(a), mpf(b), mpf(p)
            rows.append((a, b, p, 1 - p, binomial(a + b, a) * p**a * (1 - p) ** b))
    return [row for row in rows if row[-1] > mpf("1e-200")]


def poissons():
    """Rows of count, mean, and mean^count e^-mean / count!."""
    pairs = [(0, 0.5), (0, 30), (1, 0.5), (2, 2), (3, 40), (14, 15), (15, 15), (16, 15), (100, 90), (1000, 1100)]
    return [(k, m, mpf(m) ** k * exp(-mpf(m)) / fac(k)) for k, m in pairs]


def small_tails():
    """Rows of F, its degrees of freedom, the noncentrality, and the upper tail of noncentral F, summed term by
    term; scipy loses the digits of such tails."""
    cases = [(60, 2, 30, 4), (40, 3, 60, 9), (25, 4, 200, 1), (90, 12, 40, 30)]
    rows = []
    for f, effect, residual, noncentrality in cases:
        odds = mpf(f) * effect / residual
        x, mean = odds / (1 + odds), mpf(noncentrality) / 2
        terms = range(200)
        weights = [mean**j * exp(-mean) / fac(j) for j in terms]
        tails = [betainc(mpf(effect) / 2 + j, mpf(residual) / 2, x, 1, regularized=True) for j in terms]
        rows.append((f, effect, residual, noncentrality, sum(w * t for w, t in zip(weights, tails))))
    return rows


oracle = {part.__name__: part() for part in [stirling_errors, deviances, binomials, poissons, small_tails]}
text = ",\n".join(
    f"{json.dumps(name)}: {json.dumps([[float(value) for value in row] for row in rows])}"
    for name, rows in oracle.items()
)
pathlib.Path(__file__).resolve().with_name("density.json").write_text("{" + text + "}\n")
