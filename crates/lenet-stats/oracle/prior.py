"""Prints how the prior variance of mean_sequence was chosen; writes nothing.

For each level and variance: the mean number of normal values, drawn one after the other, until the
confidence sequence excludes an effect of 0, where the true mean lies EFFECTS standard deviations away;
11 where ten values do not exclude it. The last columns are the average over the effects and the largest
excess over the best variance for an effect. Run with a Python that has numpy; it is seeded.
"""

import numpy as np

SEQUENCES = 40_000
MOST = 10
EFFECTS = [1, 1.5, 2, 3, 4, 5, 7, 10, 15, 20, 30]
PRIORS = [1, 3, 10, 20, 30, 50, 70, 100, 200, 300, 1000]
LEVELS = [0.95, 0.99, 1 - 0.05 / 8, 0.999]


def half_width(n, prior, level):
    """In sample standard deviations; infinite where no mean is excluded."""
    shrink = 1 + n * prior
    ratio = (shrink / (1 - level) ** 2) ** (1 / n)
    if ratio >= shrink:
        return np.inf
    return np.sqrt((n - 1) / n * (ratio - 1) / (1 - ratio / shrink))


def values_until_excluded(noise, effect, prior, level):
    values = noise + effect
    until = np.full(len(values), MOST + 1)
    for n in range(MOST, 1, -1):
        first = values[:, :n]
        distance = np.abs(first.mean(axis=1)) / first.std(axis=1, ddof=1)
        until[distance > half_width(n, prior, level)] = n
    return until.mean()


def main():
    noise = np.random.default_rng(1).standard_normal((SEQUENCES, MOST))
    for level in LEVELS:
        table = np.array(
            [[values_until_excluded(noise, e, p, level) for e in EFFECTS] for p in PRIORS]
        )
        excess = (table / table.min(axis=0)).max(axis=1) - 1
        print(f"level {level}\n prior " + " ".join(f"{e:6g}" for e in EFFECTS) + "  average excess")
        for prior, row, worst in zip(PRIORS, table, excess):
            cells = " ".join(f"{value:6.2f}" for value in row)
            print(f"{prior:6g} {cells}   {row.mean():6.2f} {worst:6.0%}")
    for n in (2, 3, 4):
        row = ", ".join(f"{prior}: {1 - (1 + n * prior) ** ((1 - n) / 2):.5f}" for prior in PRIORS)
        print(f"{n} values have an interval up to the level, by prior: {row}")


main()
