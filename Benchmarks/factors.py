"""Finds the factors of ControlChart+Factors.swift, for Benchmarks/inference.py."""

import numpy as np
from scipy import optimize, stats

CONSISTENT = stats.norm.ppf(0.75)
WEIGHT, BOUND, FIRST = 0.2, 3, 20
# A baseline is charted from its 20th run on and ends, wrongly, after 370 in the mean. The average climbs from 0, so
# that in the first runs a false shift is rarer: the ones after them are a little more often.
HAZARD = 1 / 331


def center_and_deviation(samples):
    """The median of every row, and its median absolute deviation over 0.6745."""
    n = samples.shape[1]
    middle = sorted({(n - 1) // 2, n // 2})
    center = np.partition(samples, middle, axis=1)[:, middle].mean(axis=1)
    distances = np.abs(samples - center[:, None])
    return center, np.partition(distances, middle, axis=1)[:, middle].mean(axis=1) / CONSISTENT


def band_factor(n, random, values=20_000_000):
    """The k of center +- k deviation that leaves 5 % of normal values outside, in the mean over samples of n."""
    centers, deviations = [], []
    for _ in range(8):
        center, deviation = center_and_deviation(random.normal(size=(min(100_000, values // n // 8), n)))
        centers.append(center)
        deviations.append(deviation)
    center, deviation = np.concatenate(centers), np.concatenate(deviations)

    def outside(k):
        # Exact for each sample, so that only the samples are left to chance.
        return np.mean(stats.norm.sf(center + k * deviation) + stats.norm.cdf(center - k * deviation)) - 0.05

    return optimize.brentq(outside, 1, 10)


def chart_limits(random, streams, last):
    """For each n the limit that ends as many streams at every run; those that ended are out.

    A new baseline after a shift is made of the runs after the one that showed it, so each is a stream like the first.
    """
    runs = random.normal(size=(streams, last + 1)).astype(np.float32)
    average = np.zeros(streams)
    limits = {}
    for n in range(FIRST, last):
        center, deviation = center_and_deviation(runs[:, :n])
        distance = np.clip((runs[:, n] - center) / deviation, -BOUND, BOUND)
        average += WEIGHT * (distance - average)
        # The first runs cannot end a stream as often as that without one run being enough.
        if n < 25:
            continue
        limits[n] = np.quantile(np.abs(average), 1 - HAZARD)
        keep = np.abs(average) <= limits[n]
        runs, average = runs[keep], average[keep]
    return limits


def last_limit(random, streams=2_000_000, steps=60):
    """The limit where center and deviation are known."""
    average = np.zeros(streams)
    limits = []
    for step in range(steps):
        average += WEIGHT * (np.clip(random.normal(size=len(average)), -BOUND, BOUND) - average)
        if step < 10:
            continue
        limits.append(np.quantile(np.abs(average), 1 - HAZARD))
        average = average[np.abs(average) <= limits[-1]]
    return float(np.mean(limits[20:]))


BAND_KNOTS = [*range(5, 31), 40, 60, 100, 200, 500, 1000]
CHART_KNOTS = [20, 25, 30, 40, 60, 100, 200, 500]


def smooth(limits, asymptote):
    """Values at the knots of the cubic in 1/n through the asymptote that fits best."""
    n = np.array(list(limits))
    powers = np.stack([1 / n, 1 / n**2, 1 / n**3], axis=1)
    coefficients = np.linalg.lstsq(powers, np.array(list(limits.values())) - asymptote, rcond=None)[0]
    return {k: asymptote + coefficients @ [1 / k, 1 / k**2, 1 / k**3] for k in CHART_KNOTS}


def main():
    random = np.random.default_rng(370)
    print("band:", flush=True)
    for n in BAND_KNOTS:
        print(f"({n}, {band_factor(n, random):.3f}),", end=" ", flush=True)
    print(f"\nand {stats.norm.ppf(0.975):.3f} without end\nchart:", flush=True)
    asymptote = last_limit(random)
    for n, limit in smooth(chart_limits(random, 60_000, 300), asymptote).items():
        print(f"({n}, {limit:.3f}),", end=" ")
    print(f"\nand {asymptote:.3f} without end")


if __name__ == "__main__":
    main()
