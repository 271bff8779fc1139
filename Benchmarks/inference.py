"""Holds every figure of `varve compare` against SciPy and statsmodels, and counts how often its intervals are right.

    python3 Benchmarks/inference.py figures [SEED]     every figure and word of generated and of trained runs
    python3 Benchmarks/inference.py coverage [SEED]    how often 95 % intervals hold the truth
    python3 Benchmarks/inference.py history [SEED]     how many ordinary runs lie outside, how many shifts are false
    python3 Benchmarks/factors.py                       the factors of bands and charts, for ControlChart+Factors.swift

Expected values are computed from the raw values in the store (Tests/AnalysisTests/Fixtures/reference.py names the calls).
Needs `make build` and `pip install scipy statsmodels`. VARVE=… names another command. Minutes, by hand.
"""

import collections
import json
import math
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import warnings

import numpy as np
from statsmodels.stats.multitest import multipletests

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "Tests/AnalysisTests/Fixtures"))
import reference  # noqa: E402

VARVE = os.environ.get("VARVE", str(ROOT / ".build/release/varve"))


def varve(store, *words):
    command = [VARVE, "--store", str(store), *map(str, words)]
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if result.returncode:
        sys.exit(f"{' '.join(command)}\n{result.stderr}")
    return result.stdout


class Runs:
    """Thousands of runs for a store: a file as MLflow writes it, which `varve import` takes over in one go."""

    SCHEMA = ROOT / "Tests/StorageTests/Fixtures/mlflow.sql"

    def __init__(self, store):
        self.store, self.count = store, 0
        self.path = pathlib.Path(f"{store}.mlflow")
        self.path.unlink(missing_ok=True)
        self.file = sqlite3.connect(self.path)
        self.file.executescript(self.SCHEMA.read_text())
        self.file.execute("INSERT INTO experiments VALUES (0, 'Default', '', 'active', 1000, 1000, 'default')")

    def add(self, architecture, seed, layers, metrics=None):
        uuid = f"{self.count:032x}"
        self.count += 1
        self.file.execute(
            "INSERT INTO runs VALUES (?, ?, 'FINISHED', ?, ?, 'active', 0, NULL)", [uuid, uuid, self.count, self.count]
        )
        params = {"architecture": architecture, "seed": str(seed)}
        self.file.executemany("INSERT INTO params VALUES (?, ?, ?)", [(k, v, uuid) for k, v in params.items()])
        values = {f"{name}.variance": value for name, value in layers.items()} | (metrics or {})
        rows = [(key, float(value), 0, uuid, 0, 0) for key, value in values.items()]
        self.file.executemany("INSERT INTO metrics VALUES (?, ?, ?, ?, ?, ?)", rows)

    def bring_in(self):
        self.file.commit()
        self.file.close()
        more = ["--seed-param", "seed", "--architecture-param", "architecture", "--measure", "population_mean"]
        varve(self.store, "import", "mlflow", self.path, "--layer-pattern", "{layer}.variance", "--format", "csv", *more)


def compare(store, a, b, *words):
    return json.loads(varve(store, "compare", a, b, *words, "--format", "json"))


class Raw:
    """The last recorded values of the runs of two groups, as they are in the store."""

    def __init__(self, store, runs, measure):
        database = sqlite3.connect(store)
        marks = ",".join("?" * len(runs))
        self.seeds = dict(database.execute(f"SELECT id, seed FROM runs WHERE id IN ({marks})", runs))
        self.layers, self.short, self.metrics = (collections.defaultdict(dict) for _ in range(3))
        rows = database.execute(
            "SELECT l.name, l.short_name, v.run_id, v.variance FROM layer_variances v JOIN layers l ON l.id = v.layer_id "
            f"WHERE l.measure = ? AND v.run_id IN ({marks}) ORDER BY v.step", [measure, *runs])
        for name, short, run, value in rows:
            self.layers[name][run] = self.short[short][run] = math.nan if value is None else value
        rows = database.execute(
            "SELECT k.key, m.run_id, CASE WHEN m.is_nan THEN NULL ELSE m.value END FROM metrics m "
            f"JOIN metric_keys k ON k.id = m.key_id WHERE m.run_id IN ({marks}) ORDER BY m.step, m.timestamp", runs)
        for key, run, value in rows:
            self.metrics[key][run] = math.nan if value is None else value

    def layer(self, row):
        """The values of a row's layer, which another architecture may have under another long name."""
        return self.layers.get(row["layer"]) or self.short[row["name"]]

    def by_seed(self, values):
        return {self.seeds[run]: value for run, value in values.items()}


class Check:
    """Collects the greatest relative difference of each figure, and what is not equal."""

    def __init__(self):
        self.worst, self.wrong, self.missing = collections.Counter(), [], set()

    def number(self, name, got, row, expected, tolerance=1e-9):
        if name not in row:
            self.missing.add(name)
        elif got is None or expected is None:
            if got is not None or expected is not None:
                self.wrong.append((name, got, expected))
        else:
            difference = abs(got - expected) / max(abs(expected), 1e-300)
            self.worst[name] = max(self.worst[name], difference)
            if not difference <= tolerance:
                self.wrong.append((name, got, expected))

    def report(self):
        for name, difference in sorted(self.worst.items()):
            print(f"  {name:18} {difference:.1e}")
        if self.missing:
            print("  not told by this command:", ", ".join(sorted(self.missing)))
        for name, got, expected in self.wrong[:20]:
            print(f"  WRONG {name}: {got}, expected {expected}")
        return not self.wrong


def check(found, store, checks):
    """One answer of compare against SciPy."""
    measure = found.get("measure") or found["layers"][0]["measure"]
    a, b = (Raw(store, found[side]["runs"], measure) for side in ("a", "b"))
    common = sorted(set(a.seeds.values()) & set(b.seeds.values()))
    smaller = min(len(a.seeds), len(b.seeds))
    is_paired = len(common) >= 2 and 2 * len(common) >= smaller
    if found["paired"] != is_paired:
        checks.wrong.append(("paired", found["paired"], is_paired))
        return
    rows = [(row, "ratio", a.layer(row), b.layer(row)) for row in found["layers"]]
    rows += [(row, "difference", a.metrics[row["metric"]], b.metrics[row["metric"]]) for row in found.get("metrics", [])]
    p_values = []
    for row, scale, ours, theirs in rows:
        ours, theirs = a.by_seed(ours), b.by_seed(theirs)
        if is_paired:
            pairs = [(ours[s], theirs[s]) for s in common if s in ours and s in theirs]
            sides = [p[0] for p in pairs], [p[1] for p in pairs]
            expected = reference.paired(*sides, scale)
        else:
            expected = reference.unpaired(list(ours.values()), list(theirs.values()), scale)
        if row["p"] is None:
            continue
        p_values.append((row, expected["p"]))
        checks.number("n", row["a"]["n"], row["a"], len(sides[0] if is_paired else ours))
        for ours_, theirs_ in ((scale, "estimate"), (f"{scale}_low", "low"), (f"{scale}_high", "high"), ("p", "p"),
                               ("effect_size", "effect"), ("equal_within", "equal_within"),
                               ("detectable", "detectable")):
            checks.number(ours_, row.get(ours_), row, expected[theirs_])
    if p_values:
        holm = multipletests([p for _, p in p_values], method="holm")[1]
        for (row, _), p in zip(p_values, holm):
            checks.number("p_holm", row["p_holm"], row, p)
    for side, raw in (("a", a), ("b", b)):
        told = found["growth"].get(side)
        if not told:
            continue
        columns = [raw.by_seed(raw.short[name]) for name in told["layers"]]
        seeds = common if is_paired else sorted(raw.seeds.values())
        blocks = [int(name.removeprefix("residual")) for name in told["layers"]]
        expected = reference.growth([[c[s] for c in columns if s in c] for s in seeds], blocks)
        for key in expected.keys() - {"count", "left_out", "model"}:
            checks.number(key, told.get(key), told, expected[key], 1e-7 if key.startswith("shape") else 1e-9)
        if told["model"] != expected["model"]:
            checks.wrong.append(("model", told["model"], expected["model"]))


CURVES = {
    "doubling": lambda k: 2.0**k, "adding": lambda k: 2 + 0.7 * k, "flat": lambda k: 1.7 + 0 * k,
    "falling": lambda k: 5 * 0.6**k, "bump": lambda k: np.array([1, 4, 9, 4, 1.0]), "root": lambda k: np.sqrt(k),
}


def figures(folder, random):
    checks = Check()
    trained = folder / "trained.db"
    architectures = ["plain", "batchnorm", "branchnorm", "layernorm"]
    varve(trained, "run", *architectures, "--seeds", "0-49", "--weights", "none", "--steps", 3)
    questions = [(trained, a, b) for a in architectures for b in architectures if a < b]
    for n in (2, 3, 4, 5, 8, 40):
        questions += [(trained, f"architecture = 'plain' AND seed < {n}", f"architecture = 'branchnorm' AND seed < {n}")]
    questions += [(trained, "architecture = 'plain' AND seed < 30", "architecture = 'layernorm' AND seed >= 27")]
    logged = folder / "logged.db"
    runs = Runs(logged)
    block = np.arange(1, 6)
    for index, (name, curve) in enumerate(CURVES.items()):
        first, count = int(random.integers(0, 12)), int(random.integers(3, 30))
        for seed in range(first, first + count):
            sums = curve(block) * np.exp(random.normal(0, 0.02, 5))
            runs.add(name, seed, {f"residual{k}": v for k, v in zip(block, sums)},
                {"loss": random.normal(1 - 0.05 * index, 0.2), "accuracy": random.uniform(0.5, 0.6)})
    runs.bring_in()
    questions += [(logged, a, b) for a in CURVES for b in CURVES if a < b]
    for store, a, b in questions:
        check(compare(store, a, b), store, checks)
    print(f"{len(questions)} questions; greatest relative difference of each figure:")
    return checks.report()


def coverage(folder, random, questions=400):
    """B is 1.2 times A and grows by 1.5 a block; each question has other seeds."""
    good = True
    for n in (3, 8):
        store = folder / f"coverage{n}.db"
        runs = Runs(store)
        for seed in range(questions * n):
            shared = random.normal(0, 0.3)
            for name, ratio in (("a", 1), ("b", 1.2)):
                rate = math.log(1.5) + random.normal(0, 0.05)
                layers = {f"residual{k}": math.exp(rate * k + random.normal(0, 0.02)) for k in range(1, 5)}
                runs.add(name, seed, {"input": ratio * math.exp(shared + random.normal(0, 0.1))} | layers)
        runs.bring_in()
        hits = collections.Counter()
        for question in range(questions):
            def group(name, shift):
                first = (question * n + shift) % (questions * n)
                return f"architecture = '{name}' AND seed >= {first} AND seed < {first + n}"

            found = compare(store, group("a", 0), group("b", 0))
            row = next(row for row in found["layers"] if row["layer"] == "input")
            hits["ratio, paired"] += row["ratio_low"] <= 1.2 <= row["ratio_high"]
            growth = found["growth"]["a"]
            hits["growth factor"] += growth["factor_low"] <= 1.5 <= growth["factor_high"]
            row = next(r for r in compare(store, group("a", 0), group("b", n))["layers"] if r["layer"] == "input")
            hits["ratio, Welch"] += row["ratio_low"] <= 1.2 <= row["ratio_high"]
        # Three standard errors of a share of 95 %.
        error = 3 * math.sqrt(0.95 * 0.05 / questions)
        for name, count in hits.items():
            is_right = abs(count / questions - 0.95) <= error
            good &= is_right
            print(f"n = {n}, {name}: {count / questions:.3f} of {questions}" + ("" if is_right else " WRONG"))
    return good


def history(folder, random, series=60, length=101):
    store = folder / "history.db"
    runs = Runs(store)
    for name in range(series):
        for seed in range(length):
            runs.add(f"series{name}", seed, {"residual1": math.exp(random.normal(3, 0.14))})
    runs.bring_in()
    rows = json.loads(varve(store, "history", "residual1", "--limit", series * length, "--format", "json"))
    banded = [row for row in rows if row["band_low"] is not None]
    if not banded:
        print("this command has no bands for logged runs")
        return True
    share = sum(row["outside"] for row in banded) / len(banded)
    print(f"{share:.4f} of {len(banded)} runs outside")
    if "shift" in rows[0]:
        shifts = sum(row["shift"] is not None for row in rows)
        print(f"{shifts} false shifts in {len(rows)} runs, {len(rows) / 370:.1f} expected of endless series")
    return abs(share - 0.05) <= 0.01


def main():
    warnings.simplefilter("ignore")
    modes = {"figures": figures, "coverage": coverage, "history": history}
    if len(sys.argv) < 2 or sys.argv[1] not in modes:
        sys.exit(__doc__)
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    with tempfile.TemporaryDirectory() as folder:
        good = modes[sys.argv[1]](pathlib.Path(folder), np.random.default_rng(seed))
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
