"""Times whole processes side by side, in turn, and prints the ratios of their medians.

    python3 Benchmarks/process.py [ROUNDS]

Needs the optimised build (`make build`, then `swift build -c release --static-swift-stdlib --product varve-bench`), a C
compiler, the sqlite3 shell, and `pip install torch==2.13.0` for the notebook as a script.
"""

import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
BUILD = HERE.parent / ".build/release"
VARVE = str(BUILD / "varve")


def seconds(command, folder, before=lambda: None):
    before()
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def rate(command, folder, before=lambda: None):
    before()
    return float(subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE, text=True).stdout)


def compare(name, unit, candidates, rounds):
    """Measures the candidates in turn; prints the medians and the first one's ratio to the last."""
    figures = {label: [] for label, _ in candidates}
    for _ in range(rounds):
        for label, measure in candidates:
            figures[label].append(measure())
    medians = {label: statistics.median(values) for label, values in figures.items()}
    last = medians[candidates[-1][0]]
    for label, median in medians.items():
        print(f"{name}: {label} {median:.4g} {unit}, ratio {median / last:.3f}", flush=True)


def main(rounds):
    with tempfile.TemporaryDirectory() as folder:
        def forget(*names):
            for name in names:
                for ending in ["", "-wal", "-shm"]:
                    pathlib.Path(folder, name + ending).unlink(missing_ok=True)

        def new_store(name):
            forget(name)
            command = [VARVE, "--quiet", "--store", name, "dataset", "generate"]
            subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)

        ceiling = str(pathlib.Path(folder, "ceiling"))
        source = str(HERE / "ceiling/recording.c")
        subprocess.run(["cc", "-O2", source, "-o", ceiling, "-lsqlite3"], check=True)
        bench = str(BUILD / "varve-bench")

        subprocess.run([VARVE, "run"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        notebook = [sys.executable, str(HERE / "pytorch/notebook.py"), "notebook"]
        compare("notebook", "s", [
            ("varve, existing store", lambda: seconds([VARVE, "run"], folder)),
            ("varve, new store", lambda: seconds([VARVE, "--store", "new.db", "run"], folder, lambda: forget("new.db"))),
            ("torch", lambda: seconds(notebook, folder)),
        ], rounds)
        compare("start", "s", [
            ("varve --version", lambda: seconds([VARVE, "--version"], folder)),
            ("sqlite3 --version", lambda: seconds(["sqlite3", "--version"], folder)),
        ], 4 * rounds)
        for what, count in [("rows", "2000000"), ("blobs", "1000")]:
            compare(f"recording {what}", f"{what}/s", [
                ("varve", lambda: rate([bench, what, "a.db", count], folder, lambda: forget("a.db"))),
                ("C", lambda: rate([ceiling, what, "b.db", count], folder, lambda: new_store("b.db"))),
            ], rounds)


if __name__ == "__main__":
    os.environ.pop("VARVE_STORE", None)
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
