"""Makes statistics.json, the reference values of the tests of Analysis/Statistics.

    python3 make_statistics.py

SciPy, statsmodels and NumPy say what the numbers are (reference.py names each call); mpmath and Python's statistics, which calculates in fractions,
where double precision would say too little.
"""

import json
import math
import pathlib
import statistics
import warnings

import mpmath
import numpy as np
import reference
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
        "geometric_mean": stats.gmean([v for v in finite if v > 0]) if any(v > 0 for v in finite) else None,
        "non_finite": len(values) - len(finite),
        "non_positive": sum(v <= 0 for v in finite),
    }


def paired(name, a, b, scale="ratio", exact=False):
    """reference.paired; exact: of differences of logarithms taken in 60 digits."""
    d = [float(mpmath.log(mpmath.mpf(y)) - mpmath.log(mpmath.mpf(x))) for x, y in zip(a, b)] if exact else None
    return {"name": name, "scale": scale, "a": list(a), "b": list(b)} | reference.paired(a, b, scale, d)


def unpaired(name, a, b, scale="ratio", exact=False):
    """reference.unpaired; exact: of logarithms taken in 60 digits, about a[0]."""
    places = [[float(mpmath.log(mpmath.mpf(v) / mpmath.mpf(a[0]))) for v in side] for side in (a, b)] if exact else None
    return {"name": name, "scale": scale, "a": list(a), "b": list(b)} | reference.unpaired(a, b, scale, places)


def lognormal(n, mean=0.0, sd=0.1):
    return np.exp(random.normal(mean, sd, n))


def float32(values):
    """Values as they are recorded, each of them exact in float32."""
    return [float(np.float32(v)) for v in values]


def comparisons(compare):
    cases = [compare(f"random, n = {n}", lognormal(n, 2, 0.3), lognormal(n, 2.2, 0.2)) for n in (2, 3, 4, 5, 20, 100)]
    a = float32(lognormal(10))
    near = [v * (1 + 2e-6) for v in a]
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
        compare("losses", random.normal(0.7, 0.1, 12), random.normal(0.65, 0.02, 12), "difference"),
        compare("losses, n = 2", random.normal(0.7, 0.1, 2), random.normal(0.65, 0.2, 2), "difference"),
        compare("losses, n = 4", random.normal(0.7, 0.1, 4), random.normal(0.65, 0.2, 4), "difference"),
        compare("shares with zeros", [0, 0, 0.1, 0.25, 0, 0.5], [0, 0.1, 0.1, 0, 0.5, 0.75], "difference"),
        compare("both signs, not finite", [-3, math.nan, 2, 0, 5, 7, 1], [1, 2, -math.inf, 4, 3, 8, 1], "difference"),
        compare("one difference", [2, math.nan], [-1, 3], "difference"),
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


def noncentral():
    """P(|T| > t): scipy.stats.nct.sf(t, df, delta) + scipy.stats.nct.cdf(-t, df, delta)."""
    cases = [
        (df, delta, t)
        for df in (1, 1.5, 2, 4.37, 9, 33.3, 99, 1999, 1e5)
        for delta in (0, 0.5, 2, 2.9, 5, 17)
        for t in (0.3, 1.98, 3, 12.7)
    ]
    vectors = [
        {"df": df, "delta": delta, "t": t, "outside": stats.nct.sf(t, df, delta) + stats.nct.cdf(-t, df, delta)}
        for df, delta, t in cases
    ]
    # Below that SciPy's differences from 1 have lost too many digits.
    return [v for v in vectors if v["outside"] > 1e-6]


def powers():
    return {
        "deltas": [
            {"df": df, "delta": reference.detectable_delta(df)} for df in (1, 1.3, 2, 3.7, 4, 9, 18.6, 99, 998, 19999)
        ],
        "effects": [{"n": n, "effect": reference.paired_effect(n)} for n in (3, 5, 10, 31, 100, 1000)],
        "paired": [{"effect": e, "n": reference.seeds_paired(e)} for e in (20, 5, 2, 1.3, 0.8, 0.5, 0.2, 0.1)],
        "independent": [
            {"difference": d, "a": a, "b": b, "n": reference.seeds_independent(d, a, b)}
            for d, a, b in ((1, 1, 1), (0.5, 1, 2), (-0.3, 0.5, 0.1), (9, 1, 1), (0.1, 0.01, 0.4))
        ],
    }


def growth(name, seeds, blocks=None):
    """reference.growth."""
    blocks = blocks or list(range(1, 1 + max(map(len, seeds))))
    return {"name": name, "seeds": [list(s) for s in seeds], "blocks": blocks} | reference.growth(seeds, blocks)


def noisy(curve, seeds, sd=0.03):
    """Curves with log noise that the blocks of a seed share in part, as those of a network do."""
    steps = random.normal(0, sd, (seeds, len(curve))).cumsum(axis=1)
    return (np.array(curve) * np.exp(steps)).tolist()


def growths():
    block, deep = np.arange(1, 6), np.arange(1, 31)
    holed = noisy(1.9 * 1.77**block, 8)
    holed[0][2], holed[1][0], holed[2][4], holed[3] = 0.0, math.inf, math.nan, holed[3][:4]
    return [
        growth("multiplied by 1.77", noisy(1.9 * 1.77**block, 20)),
        growth("multiplied by 1.77, 2 seeds", noisy(1.9 * 1.77**block, 2)),
        growth("0.68 added", noisy(2 + 0.68 * block, 20, sd=0.005)),
        growth("0.7 added, 30 blocks", noisy(2 + 0.7 * deep, 20, sd=0.002)),
        growth("multiplied by 100, 30 blocks", noisy(100.0**deep, 5)),
        growth("constant, 4 blocks", noisy([1.69] * 4, 30, sd=0.01)),
        growth("nothing to tell by", noisy([1.69] * 5, 4, sd=0.05)),
        growth("falling by half", noisy(5 * 0.5**block, 6)),
        growth("falling by 0.8", noisy(6 - 0.8 * block, 20, sd=0.002)),
        growth("square root", noisy(np.sqrt(block), 20, sd=0.002)),
        growth("faster than exponential", noisy([1, 1.5, 3, 12, 150], 20, sd=0.01)),
        growth("a bump", noisy([1, 4, 9, 4, 1], 10)),
        growth("a bump on a slope", noisy([1, 4, 9, 12, 6], 10)),
        growth("growth that ends", noisy([1, 3, 3.1, 3.1, 3.1], 10, sd=0.005)),
        growth("10 orders of magnitude", noisy(100.0**block, 5)),
        growth("seeds that cannot be fitted", holed),
        growth("3 blocks", noisy([1, 2, 4], 3)),
        growth("a bump of 3 blocks", noisy([1, 2, 1], 5)),
        growth("gaps", noisy(2 + 0.68 * np.array([1, 2, 5, 9]), 12, sd=0.002), [1, 2, 5, 9]),
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
    "noncentral": noncentral(),
    "powers": powers(),
    "growths": growths(),
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
