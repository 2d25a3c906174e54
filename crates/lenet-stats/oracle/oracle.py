"""Writes oracle.json beside itself: what the tests of lenet-stats expect, by scipy and statsmodels.

Run with a Python that has numpy, scipy and statsmodels; takes no arguments and gives the same file every
time. Levels enter as the tests' f64 do: a tail is (1 - level) / 2.
"""

import json
import pathlib

import numpy as np
import statsmodels.api as sm
from scipy import integrate, optimize, special, stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

SEED = 20
PRIOR = 100.0
LEVELS = [0.8, 0.95, 0.99, 0.99999]
RNG = np.random.default_rng(SEED)


def agree(found, expected, tolerance=1e-8):
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=0)


def pair(low, high):
    return [float(low), float(high)]


def quantiles():
    """Rows of degrees of freedom, tail, t above, chi-square below, chi-square above."""
    tails = [0.4, 0.025] + [10.0**-e for e in range(3, 10)]
    degrees = list(range(1, 50)) + [999, 59_999]
    return [
        [d, p, stats.t.isf(p, d), stats.chi2.ppf(p, d), stats.chi2.isf(p, d)]
        for d in degrees
        for p in tails
    ]


def deviations():
    """Chi-square intervals of two and of five values."""
    cases = []
    for values in ([1.0, 1.25], [3.0, 1.0, 4.0, 1.5, 5.0]):
        for level in LEVELS + [0.999999]:
            df, tail = len(values) - 1, (1 - level) / 2
            bounds = [
                np.std(values, ddof=1) * np.sqrt(df / quantile(tail, df))
                for quantile in (stats.chi2.isf, stats.chi2.ppf)
            ]
            cases.append({"values": values, "level": level, "interval": pair(*bounds)})
    return cases


def proportions():
    cases = []
    counts = [(0, 1), (1, 1), (0, 20), (1, 20), (7, 20), (19, 20), (20, 20), (9_871, 10_000)]
    counts += [(3, 60_000), (30_000, 60_000), (59_999, 60_000), (2, 10_000_000)]
    for k, n in counts:
        for level in LEVELS:
            tail = (1 - level) / 2
            low = 0.0 if k == 0 else stats.beta.ppf(tail, k, n - k + 1)
            high = 1.0 if k == n else stats.beta.isf(tail, k + 1, n - k)
            agree(proportion_confint(k, n, 1 - level, method="beta"), (low, high))
            cases.append({"successes": k, "n": n, "level": level, "interval": pair(low, high)})
    return cases


def bounded_means():
    samples = [
        [0.9871, 0.9869, 0.9880, 0.9859, 0.9866],
        [0.02, 0.11],
        [0.0, 1.0, 1.0, 1.0, 0.5, 0.25],
        [0.999, 1.0, 1.0],
        list(RNG.beta(40, 1, 12)),
    ]
    cases = []
    for values in samples:
        n, m = len(values), np.mean(values)
        for level in LEVELS:
            half = stats.t.isf((1 - level) / 2, n - 1) * stats.sem(values) / (m * (1 - m))
            interval = pair(*special.expit(special.logit(m) + np.array([-half, half])))
            if level < 0.999:
                check_by_regression(values, level, interval)
            cases.append({"values": values, "level": level, "interval": interval})
    return cases


def check_by_regression(values, level, interval):
    """A logistic regression on a constant alone has this interval, by robust errors with n - 1."""
    n = len(values)
    model = sm.GLM(values, np.ones(n), family=sm.families.Binomial())
    fit = model.fit(cov_type="HC0", tol=1e-14, maxiter=200)
    half = stats.t.isf((1 - level) / 2, n - 1) * fit.bse[0] * np.sqrt(n / (n - 1))
    agree(special.expit(fit.params[0] + np.array([-half, half])), interval, 1e-6)


def holm():
    families = [
        [0.01, 0.04, 0.03, 0.005],
        [0.5, 0.9, 0.5],
        [0.02],
        [0.0, 1.0, 1e-12, 0.013, 0.013],
        list(RNG.uniform(0, 0.1, 20)),
    ]
    return [{"p": p, "adjusted": list(multipletests(p, method="holm")[1])} for p in families]


def log_bayes_factor(t, n):
    nu, shrink = n - 1, 1 + n * PRIOR
    ratio = np.log1p(t**2 / nu) - np.log1p(t**2 / (nu * shrink))
    return (nu + 1) / 2 * ratio - np.log(shrink) / 2


def check_bayes_factor():
    """Its definition: the likelihood of t averaged over the prior of the effect size."""
    for n, t in [(3, 0.5), (5, 2.5), (10, 4.0)]:
        likelihood = lambda d: stats.nct.pdf(t, n - 1, d * np.sqrt(n))
        prior = stats.norm(0, np.sqrt(PRIOR)).pdf
        integral = integrate.quad(lambda d: likelihood(d) * prior(d), -8, 8, limit=500)[0]
        agree(integral / stats.t.pdf(t, n - 1), np.exp(log_bayes_factor(t, n)), 1e-6)


def half_width(n, level):
    """In sample standard deviations, by numeric inversion of the Bayes factor; None if unbounded."""
    excess = lambda log_t: log_bayes_factor(np.exp(log_t), n) + np.log(1 - level)
    if excess(200.0) <= 0:
        return None
    return np.exp(optimize.brentq(excess, -20, 200, xtol=1e-14, rtol=1e-14)) / np.sqrt(n)


def looks(values, interval):
    """Both bounds, after each value."""
    bounds = [interval(np.array(values[:n])) if n > 1 else None for n in range(1, len(values) + 1)]
    return [None if bound is None else pair(*bound) for bound in bounds]


def mean_interval(first, level):
    half = half_width(len(first), level)
    if half is None:
        return None
    half *= np.std(first, ddof=1)
    return np.mean(first) - half, np.mean(first) + half


def deviation_interval(first, level):
    df = len(first) - 1
    tail = (1 - level) / (df * (df + 1)) / 2
    squares = df * np.var(first, ddof=1)
    return np.sqrt(squares / stats.chi2.isf(tail, df)), np.sqrt(squares / stats.chi2.ppf(tail, df))


def sequences():
    samples = [
        list(RNG.normal(0.98, 0.003, 20)),
        list(RNG.normal(-5, 2, 12)),
        [1.0, 1.0, 1.0, 1.1, 0.9, 1.2],
        # Its first values lie close together and far from the rest.
        [0.0, 0.001, 0.0005, -0.0003, 5.0, 6.0, 5.5, 5.2, 5.7, 5.4, 5.5, 5.6, 5.4, 5.5],
    ]
    return [
        {
            "values": values,
            "level": level,
            "mean": looks(values, lambda first: mean_interval(first, level)),
            "deviation": looks(values, lambda first: deviation_interval(first, level)),
        }
        for values in samples
        for level in LEVELS
    ]


def half_widths():
    counts = [2, 3, 4, 5, 6, 8, 10, 30, 1000]
    return [[n, level, half_width(n, level)] for n in counts for level in LEVELS + [0.9]]


def observations():
    """By trying every n; None where 300 are not enough."""
    counts = range(2, 301)
    cases = []
    for level in LEVELS:
        plain = {n: stats.t.isf((1 - level) / 2, n - 1) / np.sqrt(n) for n in counts}
        in_sequence = {n: half_width(n, level) or np.inf for n in counts}
        for deviation in (0.003, 1.0):
            for effect in (0.05, 0.15, 0.2, 0.5, 1.0, 1.5, 3.0, 10.0, 1e6):
                least = lambda width: next((n for n in counts if width[n] < effect), None)
                needed = {"plain": least(plain), "in_sequence": least(in_sequence)}
                distance = -deviation * effect
                cases.append({"deviation": deviation, "distance": distance, "level": level} | needed)
    return cases


def main():
    check_bayes_factor()
    parts = [quantiles, deviations, proportions, bounded_means, holm, half_widths, sequences, observations]
    oracle = {part.__name__: part() for part in parts}
    text = ",\n".join(f"{json.dumps(name)}: {json.dumps(cases)}" for name, cases in oracle.items())
    path = pathlib.Path(__file__).resolve().with_name("oracle.json")
    path.write_text("{" + text + "}\n")


main()
