"""What every figure of Analysis/Statistics ought to be, from SciPy and statsmodels.

make_statistics.py records values of it for the tests; Benchmarks/inference.py holds the built command against it.
Sides are lists of values; what has no place on the scale ("ratio": the logarithm, "difference": the value) is left out.
"""

import math

import numpy as np
from scipy import optimize, stats
from statsmodels.stats.meta_analysis import effectsize_smd
from statsmodels.stats.power import TTestPower


def is_valid(value, scale):
    return value is not None and math.isfinite(value) and (scale == "difference" or value > 0)


def power(delta, df):
    """P(|T| > t) of scipy.stats.nct, t = scipy.stats.t.ppf(0.975, df)."""
    critical = stats.t.ppf(0.975, df)
    # SciPy gives NaN where the far tail is too small to tell.
    return stats.nct.sf(critical, df, delta) + np.nan_to_num(stats.nct.cdf(-critical, df, delta))


def detectable_delta(df):
    """The noncentrality with 80 % power: scipy.optimize.brentq on scipy.stats.nct."""
    return optimize.brentq(lambda delta: power(delta, df) - 0.8, 0, 2 * stats.t.ppf(0.975, df) + 2, xtol=1e-13, rtol=1e-13)


def paired_effect(n):
    """Where statsmodels.stats.power.TTestPower().power is 0.8, in standard deviations of the differences.

    (Its solve_power stops at about 1e-5.)
    """
    return optimize.brentq(lambda effect: TTestPower().power(effect, n, 0.05) - 0.8, 0, 1.5 * detectable_delta(n - 1) / math.sqrt(n), xtol=1e-13)


def seeds_paired(effect):
    """The first n with TTestPower().power(effect, n, 0.05) >= 0.8."""
    n = 2
    while TTestPower().power(effect, n, 0.05) < 0.8:
        n += 1
    return n


def seeds_independent(difference, deviation_a, deviation_b):
    """The first n a side with scipy.stats.nct's power of Welch's test >= 0.8."""
    square_a, square_b = deviation_a**2, deviation_b**2
    n = 2
    while True:
        df = (n - 1) * (square_a + square_b) ** 2 / (square_a**2 + square_b**2)
        if power(abs(difference) / math.sqrt((square_a + square_b) / n), df) >= 0.8:
            return n
        n += 1


def told(value, scale):
    return None if value is None else math.exp(value) if scale == "ratio" else value


def figures(count, difference, test, effect, df, error, scale):
    """What is told of a test; test has pvalue and confidence_interval, or is None."""
    low, high = test.confidence_interval(0.95) if test else (None, None)
    narrow = test.confidence_interval(0.90) if test else None
    return {
        "count": count, "estimate": told(difference, scale), "low": told(low, scale), "high": told(high, scale),
        "p": test.pvalue if test else None, "effect": effect if test and count >= 5 else None,
        "equal_within": told(max(map(abs, narrow)), scale) if test else None,
        "detectable": told(detectable_delta(df) * error, scale) if test else None,
    }


def paired(a, b, scale, differences=None):
    """scipy.stats.ttest_1samp of the differences, which is ttest_rel; d_z; 80 % power by scipy.stats.nct."""
    pairs = [(x, y) for x, y in zip(a, b) if is_valid(x, scale) and is_valid(y, scale)]
    if differences is None:
        differences = [math.log(y) - math.log(x) if scale == "ratio" else y - x for x, y in pairs]
    d = np.array(differences)
    n = len(d)
    if n < 2:
        return figures(n, d[0] if n else None, None, None, None, None, scale)
    deviation = d.std(ddof=1)
    return figures(n, d.mean(), stats.ttest_1samp(d, 0), d.mean() / deviation, n - 1, deviation / math.sqrt(n), scale)


def unpaired(a, b, scale, places=None):
    """scipy.stats.ttest_ind(b, a, equal_var=False); statsmodels' effectsize_smd (Hedges' g)."""
    if places is None:
        change = math.log if scale == "ratio" else float
        places = [[change(v) for v in side if is_valid(v, scale)] for side in (a, b)]
    x, y = map(np.array, places)
    m, n = len(x), len(y)
    difference = y.mean() - x.mean() if m and n else None
    if min(m, n) < 2:
        return figures(min(m, n), difference, None, None, None, None, scale)
    test = stats.ttest_ind(y, x, equal_var=False)
    error = math.sqrt(x.var(ddof=1) / m + y.var(ddof=1) / n)
    g, _ = effectsize_smd(y.mean(), y.std(ddof=1), n, x.mean(), x.std(ddof=1), m)
    return figures(min(m, n), difference, test, g, test.df, error, scale)


def shape(profile, blocks):
    """The Box-Cox exponent of a profile of logarithms, by scipy.optimize.brentq; None where it has none in -3 ... 4."""
    c = np.array(blocks) - np.mean(blocks)
    q = c**2 - np.polyval(np.polyfit(c, c**2, 1), c)
    x = np.exp(profile - np.mean(profile))

    def bend(power):
        return q @ (np.log(x) if power == 0 else (x**power - 1) / power)

    if np.sign(bend(-3)) == np.sign(bend(4)):
        return None
    return optimize.brentq(bend, -3, 4, xtol=1e-14, rtol=1e-14)


def over_seeds(values):
    """The mean over seeds and its interval, scipy.stats.ttest_1samp."""
    interval = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    return np.mean(values), interval.low, interval.high


def growth(seeds, blocks):
    """numpy.polyfit for each seed, t over the seeds; the shape with its jackknife, and the words in their order."""
    kept = [s for s in seeds if len(s) == len(blocks) and all(is_valid(v, "ratio") for v in s)]
    logs, n, k = np.log(kept), len(kept), np.array(blocks)
    c = k - k.mean()
    q = c**2 - np.polyval(np.polyfit(c, c**2, 1), c)
    rate, rate_low, rate_high = over_seeds([np.polyfit(k, s, 1)[0] for s in logs])
    increment, increment_low, increment_high = over_seeds([np.polyfit(k, s, 1)[0] for s in kept])
    curve, curve_low, curve_high = over_seeds(logs @ q)
    is_curved = abs(curve) > 2**-22 * abs(q).sum() and not curve_low <= 0 <= curve_high
    profile = logs.mean(axis=0)
    power = low = high = None
    can_tell = n >= 3 and len(blocks) >= 4
    if can_tell:
        power = shape(profile, blocks)
        left = [shape(np.delete(logs, i, axis=0).mean(axis=0), blocks) for i in range(n)]
        if power is None or None in left:
            power = None
        else:
            error = math.sqrt((n - 1) / n * ((left - np.mean(left)) ** 2).sum())
            low, high = (power + sign * stats.t.ppf(0.975, n - 1) * error for sign in (-1, 1))
    depth = max(1, (k[-1] - k[0]) / 4)
    if math.exp(rate_low * depth) >= 0.97 and math.exp(rate_high * depth) <= 1.03 and not is_curved:
        model = "flat"
    elif rate_low <= 0 <= rate_high:
        model = "none" if not is_curved else "other" if can_tell else None
    elif not can_tell:
        model = None
    elif power is None:
        model = "other" if is_curved else "undecided"
    elif -0.5 <= low and high <= 0.5:
        model = "exponential"
    elif 0.5 <= low and high <= 1.5:
        model = "linear"
    else:
        model = "slower" if low > 1.5 else "faster" if high < -0.5 else "undecided"
    steps = np.exp(np.diff(profile) / np.diff(k))
    return {
        "count": n, "left_out": len(seeds) - n,
        "factor": math.exp(rate), "factor_low": math.exp(rate_low), "factor_high": math.exp(rate_high),
        "increment": increment, "increment_low": increment_low, "increment_high": increment_high,
        "first_factor": steps[0], "last_factor": steps[-1],
        "shape": power, "shape_low": low, "shape_high": high, "model": model,
    }
