"""Times `varve merge` of many stores of one run each beside `cp` of the same files, in turn, and merging them once more.

    python3 Benchmarks/merge.py [STORES] [ROUNDS] [VARVE]

Needs the optimised build (`make build`). The stores are those of a one-step run each, without weights.
"""

import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent


def seconds(command, folder):
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def main(count, rounds, varve):
    with tempfile.TemporaryDirectory() as folder:
        names = [f"shard{index}.db" for index in range(count)]
        for seed, name in enumerate(names):
            seconds([varve, "--store", name, "run", "plain", "--seed", str(seed), "--weights", "none"], folder)
        figures = {"cp": [], "merge": [], "merge again": []}
        for turn in range(rounds):
            copies = pathlib.Path(folder, f"copies{turn}")
            copies.mkdir()
            figures["cp"].append(seconds(["cp", *names, str(copies)], folder))
            merge = [varve, "--store", f"all{turn}.db", "merge", *names]
            figures["merge"].append(seconds(merge, folder))
            figures["merge again"].append(seconds(merge, folder))
        medians = {name: statistics.median(values) for name, values in figures.items()}
        for name, median in medians.items():
            print(f"{name}: {1000 * median / count:.3f} ms a store, ratio {median / medians['cp']:.2f}", flush=True)


if __name__ == "__main__":
    words = sys.argv[1:]
    main(
        int(words[0]) if words else 1000,
        int(words[1]) if len(words) > 1 else 3,
        words[2] if len(words) > 2 else str(HERE.parent / ".build/release/varve"),
    )
