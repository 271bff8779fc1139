"""What waiting for the disk at every commit would cost: runs put into a store with synchronous FULL and NORMAL, in turn.

    python3 Benchmarks/synchronous.py [ROUNDS]

One transaction a run, as a sweep of one-step runs of a plain network records them: its row, 7 variances, a loss, and the
weights or none. Both end with a checkpoint, which brings all onto the disk. Needs the optimised build (`make build`).
"""

import hashlib
import os
import pathlib
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

VARVE = str(pathlib.Path(__file__).resolve().parent.parent / ".build/release/varve")
# The tensors of a plain network, in bytes.
SIZES = [16000, 400] + [40000, 400] * 5 + [4000, 40]


def record(path, setting, runs, storesWeights):
    """Records runs and returns the seconds a run takes."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript(f"PRAGMA synchronous = {setting}; PRAGMA foreign_keys = ON; PRAGMA cache_size = -8192")
    layers = [row[0] for row in connection.execute("SELECT id FROM layers ORDER BY position LIMIT 7")]
    blobs = [[os.urandom(16) + bytes(size - 16) for size in SIZES] for _ in range(runs)] if storesWeights else [[]] * runs
    digests = [[hashlib.sha256(blob).hexdigest() for blob in weights] for weights in blobs]
    start = time.perf_counter()
    for weights, names in zip(blobs, digests):
        connection.execute("BEGIN IMMEDIATE")
        run = connection.execute(
            "INSERT INTO runs (uuid, experiment_id, status, started) VALUES (lower(hex(randomblob(16))), 0, 'finished', 0)"
        ).lastrowid
        connection.executemany("INSERT INTO layer_variances VALUES (?, 0, ?, 1.5)", [(run, layer) for layer in layers])
        connection.execute("INSERT INTO metrics (run_id, key_id, step, timestamp, value) VALUES (?, 1, 0, 0, 2.3)", [run])
        for position, (digest, blob) in enumerate(zip(names, weights)):
            connection.execute("INSERT INTO blobs VALUES (?, ?)", [digest, blob])
            connection.execute(
                "INSERT INTO tensors VALUES (?, 'final', ?, 'weight', '[1]', 'F32', ?)", [run, position, digest]
            )
        connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    elapsed = time.perf_counter() - start
    connection.close()
    return elapsed / runs


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as folder:
        first = os.path.join(folder, "first.db")
        subprocess.run([VARVE, "--store", first, "run", "plain", "--quiet"], check=True, stdout=subprocess.DEVNULL)
        for name, runs, storesWeights in [("weights none", 2000, False), ("weights final", 200, True)]:
            figures = {"NORMAL": [], "FULL": []}
            for _ in range(rounds):
                for setting, values in figures.items():
                    path = shutil.copy(first, os.path.join(folder, "store.db"))
                    values.append(record(path, setting, runs, storesWeights))
                    os.unlink(path)
            normal, full = (statistics.median(figures[setting]) * 1e3 for setting in ("NORMAL", "FULL"))
            print(f"{name}: NORMAL {normal:.3f} ms a run, FULL {full:.3f} ms a run, ratio {full / normal:.2f}")


if __name__ == "__main__":
    main()
