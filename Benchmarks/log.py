"""Times `varve log` beside the least that a Python program would do itself: read the same lines, and put them into SQLite.

    python3 Benchmarks/log.py [ROUNDS [STEPS]]

A step has 8 values, 2 of metrics and 6 of layers: once in one line, once in 8 lines. Needs `make build`.
"""

import json
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import time

from process import VARVE, compare


def whole(step):
    metrics = {f"metric{k}": step / 7 + k for k in range(2)}
    return [{"step": step, "metrics": metrics, "variances": {f"layer{k}": step / 3 + k for k in range(6)}}]


def single(step):
    lines = [{"step": step, "metric": f"metric{k}", "value": step / 7 + k} for k in range(2)]
    return lines + [{"step": step, "layer": f"layer{k}", "variance": step / 3 + k} for k in range(6)]


def ours(folder, file, steps):
    for ending in ["", "-wal", "-shm"]:
        pathlib.Path(folder, "ours.db" + ending).unlink(missing_ok=True)
    with open(file) as lines:
        start = time.perf_counter()
        subprocess.run([VARVE, "--quiet", "--store", "ours.db", "log"], cwd=folder, stdin=lines, check=True)
        return (time.perf_counter() - start) / steps * 1e6


def theirs(folder, file, steps):
    """One table, one transaction, no checksums: what no recorder could do without."""
    path = pathlib.Path(folder, "theirs.db")
    path.unlink(missing_ok=True)
    with open(file) as lines:
        start = time.perf_counter()
        connection = sqlite3.connect(path)
        connection.execute("CREATE TABLE numbers (step, name, value, PRIMARY KEY (step, name)) WITHOUT ROWID")

        def rows():
            for line in lines:
                entry = json.loads(line)
                step = entry.get("step")
                for name in ("metrics", "variances"):
                    yield from ((step, key, value) for key, value in entry.get(name, {}).items())
                if "metric" in entry:
                    yield step, entry["metric"], entry["value"]
                if "layer" in entry:
                    yield step, entry["layer"], entry["variance"]

        connection.executemany("INSERT INTO numbers VALUES (?, ?, ?)", rows())
        connection.commit()
        connection.close()
        return (time.perf_counter() - start) / steps * 1e6


def main(rounds, steps):
    with tempfile.TemporaryDirectory() as folder:
        for name, make in [("one line", whole), ("8 lines", single)]:
            file = pathlib.Path(folder, "lines")
            with open(file, "w") as lines:
                for step in range(steps):
                    lines.writelines(json.dumps(entry) + "\n" for entry in make(step))
                lines.write('{"end": "finished"}\n')
            compare(f"a step of 8 values in {name}", "µs", [
                ("varve log", lambda: ours(folder, file, steps)),
                ("Python's json and sqlite3", lambda: theirs(folder, file, steps)),
            ], rounds)


if __name__ == "__main__":
    main(*(int(word) for word in (sys.argv[1:] + ["5", "200000"][len(sys.argv) - 1:])))
