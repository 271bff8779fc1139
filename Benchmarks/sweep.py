"""Times sweeps of many short runs beside the same in PyTorch, in turn, and prints the ratios of their medians.

    python3 Benchmarks/sweep.py [ROUNDS [SEEDS]]

Both architectures of the notebook, one step a run, with and without final weights stored; one worker and two; the peak
memory for few runs and for many. Beside the sweeps that store weights stands a C program that computes nothing and stores as
many: what writing alone takes. Needs `make build`, a C compiler and `pip install torch==2.13.0`.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

from process import HERE, VARVE, compare, seconds


def sweep(folder, seeds, weights, jobs):
    command = [VARVE, "--quiet", "--store", "ours.db", "run", "plain", "batchnorm", "--seeds", f"0-{seeds - 1}"]
    return seconds(command + ["--weights", weights, "--jobs", str(jobs)], folder, lambda: forget(folder, "ours.db"))


def torch(folder, seeds, weights):
    command = [sys.executable, str(HERE / "pytorch/sweep.py"), "theirs.db", str(seeds), weights]
    return seconds(command, folder, lambda: forget(folder, "theirs.db"))


def storing(folder, seeds):
    """The seconds in which the C program stores the weights of as many runs."""
    def new_store():
        forget(folder, "stored.db")
        command = [VARVE, "--quiet", "--store", "stored.db", "dataset", "generate"]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)

    return seconds([str(pathlib.Path(folder, "ceiling")), "blobs", "stored.db", str(2 * seeds)], folder, new_store)


def forget(folder, name):
    for ending in ["", "-wal", "-shm"]:
        pathlib.Path(folder, name + ending).unlink(missing_ok=True)


def peak(folder, seeds):
    """The peak resident memory of a sweep in MiB."""
    forget(folder, "ours.db")
    command = [VARVE, "--quiet", "--store", "ours.db", "run", "plain", "batchnorm", "--seeds", f"0-{seeds - 1}"]
    child = os.posix_spawn(
        VARVE, command[:2] + ["--store", str(pathlib.Path(folder, "ours.db"))] + command[4:], os.environ,
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)],
    )
    return os.wait4(child, 0)[2].ru_maxrss / 1024


def main(rounds, seeds):
    os.environ["OMP_NUM_THREADS"] = "1"
    with tempfile.TemporaryDirectory() as folder:
        source = str(HERE / "ceiling/recording.c")
        subprocess.run(["cc", "-O2", source, "-o", str(pathlib.Path(folder, "ceiling")), "-lsqlite3"], check=True)
        for weights in ["none", "final"]:
            stored = [("C, the weights alone", lambda: storing(folder, seeds))] if weights == "final" else []
            compare(f"sweep of {seeds} seeds, weights {weights}", "s", [
                ("varve, 1 worker", lambda: sweep(folder, seeds, weights, 1)),
                ("varve, 2 workers", lambda: sweep(folder, seeds, weights, 2)),
                *stored,
                ("torch", lambda: torch(folder, seeds, weights)),
            ], rounds)
        for count in [seeds // 10, seeds]:
            print(f"peak memory of a sweep of {count} seeds: {peak(folder, count):.1f} MiB", flush=True)


if __name__ == "__main__":
    main(*(int(word) for word in (sys.argv[1:] + ["3", "500"][len(sys.argv) - 1:])))
