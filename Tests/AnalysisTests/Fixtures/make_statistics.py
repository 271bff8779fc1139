"""Makes statistics.json, the reference values of the tests of Analysis/Statistics.

    python3 make_statistics.py

SciPy, statsmodels and NumPy say what the numbers are; mpmath and Python's statistics, which calculates in fractions,
where double precision would say too little.
"""

import json
import math
import pathlib
import statistics
import warnings

import mpmath
import numpy as np
import scipy
import statsmodels
from scipy import stats
from statsmodels.stats.multitest import multipletests

mpmath.mp.dps = 60
random = np.random.default_rng(4)


def tail(df, t):
    """P(|T| >= t), exactly."""
    a, x = mpmath.mpf(df) / 2, mpmath.mpf(df) / (mpmath.mpf(df) + mpmath.mpf(t) ** 2)
    if x < (a + 1) / (a + 2.5):
        return float(mpmath.betainc(a, 0.5, 0, x, regularized=True))
    return float(1 - mpmath.betainc(0.5, a, 0, 1 - x, regularized=True))


def tails():
    freedoms = [0.5, 1, 1.5, 2, 3, 4.37, 10, 19, 33.3, 99, 999, 1e5]
    points = [1e-9, 0.01, 0.5, 1, 1.96, 2.6, 2.7, 4.5, 12.7, 36]
    cases = [(df, t) for df in freedoms for t in points] + [(1, 1e300), (2, 1e150), (99, 2000), (23.5, 1e12)]
    return [{"df": df, "t": t, "p": tail(df, t)} for df, t in cases]


def quantiles():
    freedoms = [0.7, 1, 1.5, 2, 3, 4.37, 9, 33.3, 99, 1999, 1e5]
    shares = [1e-12, 0.005, 0.025, 0.2, 0.3, 0.49, 0.6, 0.7, 0.8, 0.975, 0.995]
    return [{"df": df, "share": p, "t": stats.t.ppf(p, df)} for df in freedoms for p in shares]


def summary(values):
    finite = [float(v) for v in values if math.isfinite(v)]
    some, several = len(finite) > 0, len(finite) > 1
    return {
        "values": list(values),
        "n": len(finite),
        "mean": statistics.mean(finite) if some else None,
        "sd": statistics.stdev(finite) if several else None,
        "median": statistics.median(finite) if some else None,
        "min": min(finite) if some else None,
        "max": max(finite) if some else None,
        "non_finite": len(values) - len(finite),
        "non_positive": sum(v <= 0 for v in finite),
    }


def has_logarithm(value):
    return math.isfinite(value) and value > 0


def result(name, a, b, count, log_ratio, interval, p, effect):
    low, high = interval if interval else (None, None)
    return {
        "name": name, "a": list(a), "b": list(b), "count": count,
        "ratio": None if log_ratio is None else math.exp(log_ratio),
        "low": None if low is None else math.exp(low), "high": None if high is None else math.exp(high),
        "p": p, "effect": effect,
    }


def paired(name, a, b, exact=False):
    """scipy.stats.ttest_rel(log b, log a); exact: ttest_1samp of differences taken in 60 digits."""
    pairs = [(x, y) for x, y in zip(a, b) if has_logarithm(x) and has_logarithm(y)]
    if exact:
        d = np.array([float(mpmath.log(mpmath.mpf(y)) - mpmath.log(mpmath.mpf(x))) for x, y in pairs])
        test = stats.ttest_1samp(d, 0)
    else:
        logs_a, logs_b = np.log([x for x, _ in pairs]), np.log([y for _, y in pairs])
        d = logs_b - logs_a
        test = stats.ttest_rel(logs_b, logs_a) if len(d) > 1 else None
    if len(d) < 2:
        return result(name, a, b, len(d), d[0] if len(d) else None, None, None, None)
    return result(name, a, b, len(d), d.mean(), test.confidence_interval(0.95), test.pvalue, d.mean() / d.std(ddof=1))


def unpaired(name, a, b, exact=False):
    """scipy.stats.ttest_ind(log b, log a, equal_var=False); exact: of logarithms taken in 60 digits, about a[0]."""
    kept_a, kept_b = [x for x in a if has_logarithm(x)], [x for x in b if has_logarithm(x)]
    if exact:
        logs_a, logs_b = (
            np.array([float(mpmath.log(mpmath.mpf(v) / mpmath.mpf(a[0]))) for v in kept]) for kept in (kept_a, kept_b)
        )
    else:
        logs_a, logs_b = np.log(kept_a), np.log(kept_b)
    count = min(len(logs_a), len(logs_b))
    difference = logs_b.mean() - logs_a.mean()
    if count < 2:
        return result(name, a, b, count, difference, None, None, None)
    test = stats.ttest_ind(logs_b, logs_a, equal_var=False)
    spread = math.sqrt(logs_a.var(ddof=1) + logs_b.var(ddof=1))
    return result(name, a, b, count, difference, test.confidence_interval(0.95), test.pvalue, difference / spread)


def lognormal(n, mean=0.0, sd=0.1):
    return np.exp(random.normal(mean, sd, n))


def float32(values):
    """Values as they are recorded, each of them exact in float32."""
    return [float(np.float32(v)) for v in values]


def comparisons(compare):
    cases = [compare(f"random, n = {n}", lognormal(n, 2, 0.3), lognormal(n, 2.2, 0.2)) for n in (2, 3, 4, 5, 20, 100)]
    a, b = float32(lognormal(10)), float32(lognormal(10, 0.05))
    near = [float(np.nextafter(np.float32(v), np.float32(2 * v))) for v in a]
    return cases + [
        compare("n = 1", [2.5], [7.25]),
        compare("ties", [1, 1, 2, 2, 3, 3], [1, 1, 2, 2, 3, 4]),
        compare("zeros", [0, 1, 2, 0, 3, 4, 5], [1, 0, 3, 0, 3, 6, 7]),
        compare("infinities", [math.inf, 1, 2, -math.inf, 3, 4], [1, math.inf, 3, 2, 3.5, 5]),
        compare("NaN and negative", [math.nan, 1, 2, -1, 3, 4], [1, math.nan, 3, 2, 3.5, 5]),
        compare("one logarithm left", [0, 1, math.nan], [1, 3, 2]),
        compare("10 orders of magnitude", 10.0 ** np.linspace(-5, 5, 21), 10.0 ** np.linspace(-5, 5, 21) * lognormal(21)),
        compare("B 10 orders of magnitude above A", lognormal(12), 1e10 * lognormal(12, 0, 0.5)),
        compare("far tail", lognormal(60, 0, 0.01), lognormal(60, 1, 0.01)),
        compare("tiny differences", a, [v if i % 3 else w for i, (v, w) in enumerate(zip(a, near))], exact=True),
        compare("all but equal sides", float32(1.7 + 1e-6 * random.normal(size=9)),
                float32(1.7 + 1e-6 * random.normal(size=9)), exact=True),
    ]


def adjustments():
    lists = [
        [0.01, 0.02, 0.03], [0.04, 0.01, 0.03], [0.5, 0.6, 0.9], [0.02], [], [0.0, 1.0, 0.0], [1e-300, 1e-200, 0.05],
        [0.03, 0.03, 0.03, 0.01], list(random.uniform(0, 0.2, 30)),
    ]
    cases = [{"p": p, "adjusted": list(multipletests(p, method="holm")[1]) if p else []} for p in lists]
    holes = [None, 0.01, None, 0.04, 0.03]
    filled = iter(multipletests([p for p in holes if p is not None], method="holm")[1])
    return cases + [{"p": holes, "adjusted": [None if p is None else next(filled) for p in holes]}]


def growth(name, seeds):
    """numpy.polyfit for each seed, scipy.stats.ttest_1samp over the seeds."""
    kept = [s for s in seeds if len(s) == max(map(len, seeds)) and all(map(has_logarithm, s))]
    rates, increments, preferences = [], [], []
    for values in np.array(kept):
        block = np.arange(1, len(values) + 1)
        rate, line = np.polyfit(block, np.log(values), 1), np.polyfit(block, values, 1)
        fitted = np.polyval(line, block)
        exponential = ((np.log(values) - np.polyval(rate, block)) ** 2).sum()
        linear = ((np.log(values) - np.log(fitted)) ** 2).sum() if (fitted > 0).all() else math.inf
        rates.append(rate[0])
        increments.append(line[0])
        preferences.append(1 if linear == math.inf else (linear - exponential) / (linear + exponential))
    factor_low, factor_high = np.exp(stats.ttest_1samp(rates, 0).confidence_interval(0.95))
    increment_low, increment_high = stats.ttest_1samp(increments, 0).confidence_interval(0.95)
    low, high = stats.ttest_1samp(preferences, 0).confidence_interval(0.95)
    if 0.97 <= factor_low and factor_high <= 1.03:
        model = "flat"
    else:
        model = "exponential" if low > 0 else "linear" if high < 0 else "undecided"
    return {
        "name": name, "seeds": [list(s) for s in seeds], "count": len(kept), "left_out": len(seeds) - len(kept),
        "factor": math.exp(np.mean(rates)), "factor_low": factor_low, "factor_high": factor_high,
        "increment": np.mean(increments), "increment_low": increment_low, "increment_high": increment_high,
        "model": model,
    }


def noisy(curve, seeds, sd=0.03):
    """Curves with log noise that the blocks of a seed share in part, as those of a network do."""
    steps = random.normal(0, sd, (seeds, len(curve))).cumsum(axis=1)
    return (np.array(curve) * np.exp(steps)).tolist()


def growths():
    block = np.arange(1, 6)
    holed = noisy(1.9 * 1.77**block, 8)
    holed[0][2], holed[1][0], holed[2][4], holed[3] = 0.0, math.inf, math.nan, holed[3][:4]
    return [
        growth("multiplied by 1.77", noisy(1.9 * 1.77**block, 20)),
        growth("multiplied by 1.77, 2 seeds", noisy(1.9 * 1.77**block, 2)),
        growth("0.68 added", noisy(2 + 0.68 * block, 20, sd=0.01)),
        growth("constant, 4 blocks", noisy([1.69] * 4, 30, sd=0.01)),
        growth("nothing to tell by", noisy([1.69] * 5, 4, sd=0.05)),
        growth("falling", noisy(5 * 0.5**block, 6)),
        growth("10 orders of magnitude", noisy(100.0**block, 5)),
        growth("seeds that cannot be fitted", holed),
        growth("3 blocks", noisy([1, 2, 4], 3)),
    ]


def band(name, earlier):
    """exp of mean ± scipy.stats.t.ppf(0.975, n - 1) sd sqrt(1 + 1/n) of the logarithms."""
    logs = np.log([v for v in earlier if has_logarithm(v)])
    n = len(logs)
    reach = stats.t.ppf(0.975, n - 1) * logs.std(ddof=1) * math.sqrt(1 + 1 / n)
    return {
        "name": name, "earlier": list(earlier), "low": math.exp(logs.mean() - reach), "high": math.exp(logs.mean() + reach)
    }


def bands():
    return [
        band("5 runs", lognormal(5, 3)),
        band("200 runs", lognormal(200, 3)),
        band("10 orders of magnitude", 10.0 ** random.uniform(-5, 5, 40)),
        band("values without logarithm", [1.2, 0, 1.3, math.nan, 1.1, math.inf, 1.25, -1, 1.28]),
    ]


warnings.simplefilter("ignore")
vectors = {
    "made_with": {
        "numpy": np.__version__, "scipy": scipy.__version__, "statsmodels": statsmodels.__version__,
        "mpmath": mpmath.__version__,
    },
    "tails": tails(),
    "quantiles": quantiles(),
    "summaries": [
        summary(v)
        for v in (
            [3, 1, 4, 1, 5, 9, 2, 6], [2.5], [], [math.nan, math.inf], [1, math.nan, 3, -math.inf, 0, -2],
            10.0 ** np.linspace(-5, 5, 101), lognormal(200, 3), 1e9 + random.normal(size=50), [1e300, 3e300, 2e300],
            [1e-200, 3e-200, 2e-200], [0.1] * 7, [-5, 5, -5, 5],
        )
    ],
    "paired": comparisons(paired),
    "unpaired": comparisons(unpaired),
    "adjustments": adjustments(),
    "growths": growths(),
    "bands": bands(),
}


def plain(value):
    """JSON has no numbers that are not finite: they become strings."""
    if isinstance(value, dict):
        return {key: plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(entry) for entry in value]
    if value is None or isinstance(value, (str, int)):
        return value
    value = float(value)
    return value if math.isfinite(value) else "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


lines = []
for key, value in plain(vectors).items():
    if isinstance(value, list):
        rows = ",\n".join("  " + json.dumps(entry) for entry in value)
        lines.append(f" {json.dumps(key)}: [\n{rows}\n ]")
    else:
        lines.append(f" {json.dumps(key)}: {json.dumps(value)}")
pathlib.Path(__file__).with_name("statistics.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
