"""Asks large stores, each question beside the same SQL in the sqlite3 shell, and measures the memory that commands take.

    python3 Benchmarks/questions.py [FOLDER [ROUNDS]]

Makes the stores in FOLDER, where they stay for the next time (5 GB; a temporary folder without it): 2 000 runs with
10^6, 10^7 and 10^8 variance rows, 100 000 runs with 7 rows each, and two pairs of equal runs with half of 10^6 and 10^7
rows each. Records into the one of 10^7 rows beside the C program, and merges it while another process writes. Needs
`make build`, `swift build -c release --static-swift-stdlib --product varve-bench`, a C compiler, and the sqlite3 shell.
"""

import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from process import BUILD, HERE, VARVE, compare, rate

STORES = {
    "1e6.db": [(2000, 10**6)], "1e7.db": [(2000, 10**7)], "1e8.db": [(2000, 10**8)], "runs.db": [(10**5, 7 * 10**5)],
    # The second pair has the values of the first.
    "long-1e6.db": [(2, 10**6)] * 2, "long-1e7.db": [(2, 10**7)] * 2,
}


def make(folder):
    for name, parts in STORES.items():
        place = folder / name
        if place.exists():
            continue
        pending = folder / ("making-" + name)
        for ending in ["", "-wal", "-shm"]:
            pathlib.Path(str(pending) + ending).unlink(missing_ok=True)
        start = time.perf_counter()
        for runs, rows in parts:
            command = [str(BUILD / "varve-bench"), "store", str(pending), str(runs), str(rows)]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        pending.rename(place)
        print(f"made {name} in {time.perf_counter() - start:.0f} s", flush=True)


def sql(name, condition, *values):
    """The statement of a file in Queries, with its parameters and its filter."""
    (file,) = (HERE.parent / "Queries").glob(f"*/{name}.sql")
    text = file.read_text()
    text = re.sub(r"^--.*\n", "", text, flags=re.MULTILINE)
    for number, value in enumerate(values, 1):
        text = text.replace(f"?{number}", value)
    # The shell has no such function; for numbers it is this one.
    text = text.replace("as_number(", "(0 + ")
    return text.replace("/* AND filter */", condition) + ";\n"


def milliseconds(command, folder, text=None):
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, input=text, stdout=subprocess.DEVNULL, text=True)
    return (time.perf_counter() - start) * 1e3


def times(folder, rounds):
    """Whole processes in turn; what Varve may take is a share of the other's time, and some milliseconds."""
    groups = "".join(
        sql("finishedRuns", f"AND runs.architecture = '{name}'")
        + sql("variancesOfGroup", f"AND runs.architecture = '{name}'", "NULL")
        for name in ["plain", "batchnorm"]
    )
    layers = "(SELECT json_group_array(id) FROM layers WHERE short_name = 'residual3')"
    history = sql("variancesThroughRuns", "", layers, "NULL", "NULL", "NULL")
    shell = ["sqlite3", "--version"]
    rows = [
        ("compare plain batchnorm", "1e7.db", ["sqlite3", "-readonly", "1e7.db"], groups, 1.5, 30),
        ("history residual3", "1e7.db", ["sqlite3", "-readonly", "1e7.db"], history, 1.5, 30),
        ("history residual3 --format csv", "1e7.db", ["sqlite3", "-readonly", "1e7.db"], history, 1.5, 30),
        ("compare plain batchnorm", "1e8.db", ["sqlite3", "-readonly", "1e8.db"], groups, 1.5, 30),
        ("history residual3", "1e8.db", ["sqlite3", "-readonly", "1e8.db"], history, 1.5, 30),
        ("runs --limit 20", "runs.db", shell, None, 1, 20),
        ("runs --limit 20", "1e8.db", shell, None, 1, 30),
        ("--version", "1e7.db", shell, None, 1, 10),
    ]
    print(f"{'command':32} {'store':8} {'varve':>8} {'sqlite3':>8} {'ratio':>6} {'more':>8} {'at most':>8}  (ms)")
    for words, store, other, text, share, allowance in rows:
        ours, theirs = [], []
        for _ in range(rounds):
            ours.append(milliseconds([VARVE, "--store", store] + words.split(), folder))
            theirs.append(milliseconds(other, folder, text))
        mine, base = statistics.median(ours), statistics.median(theirs)
        limit = share * base + allowance
        verdict = "" if mine <= limit else "  MISSED"
        print(
            f"{words:32} {store:8} {mine:8.1f} {base:8.1f} {mine / base:6.2f} {mine - base:+8.1f} {limit:8.1f}{verdict}",
            flush=True,
        )


def recording(folder, rounds):
    """A million rows into a store of ten million, through the public interface and by the C program."""
    ceiling = str(folder / "ceiling")
    subprocess.run(["cc", "-O2", str(HERE / "ceiling/recording.c"), "-o", ceiling, "-lsqlite3"], check=True)
    for name in ["a.db", "b.db"]:
        shutil.copy(folder / "1e7.db", folder / name)
    os.sync()
    print()
    compare("recording rows into 10^7", "rows/s", [
        ("varve", lambda: rate([str(BUILD / "varve-bench"), "rows", "a.db", "1000000"], folder)),
        ("C", lambda: rate([ceiling, "rows", "b.db", "1000000"], folder)),
    ], rounds)


def merging(folder):
    """How long a merge takes, and how long another process waits that wants to write meanwhile."""
    shutil.copy(folder / "1e6.db", folder / "a.db")
    os.sync()
    start = time.perf_counter()
    merge = subprocess.Popen([VARVE, "--quiet", "--store", "a.db", "merge", "1e7.db"], cwd=folder, stdout=subprocess.DEVNULL)
    longest = 0
    while merge.poll() is None:
        longest = max(longest, milliseconds([VARVE, "--quiet", "--store", "a.db", "tag", "1", "a=b"], folder))
    total = time.perf_counter() - start
    print(f"merging 10^7 rows: {total:.1f} s, another writer waited at most {longest / 1e3:.1f} s", flush=True)


def peak(command, folder, lines=None):
    """The peak resident memory of a process in MiB, read while it runs."""
    source = None
    if lines is not None:
        text = f"seq 0 {lines - 1} | sed 's/.*/{{\"step\":&,\"layer\":\"a\",\"variance\":1.5}}/'"
        source = subprocess.Popen(["sh", "-c", text], stdout=subprocess.PIPE)
    process = subprocess.Popen(
        command, cwd=folder, stdin=source.stdout if source else None, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    most = 0
    while process.poll() is None:
        try:
            status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
            found = re.search(r"VmHWM:\s*(\d+)", status)
            most = max(most, int(found[1]) if found else 0)
        except OSError:
            pass
        time.sleep(0.0005)
    if process.returncode != 0:
        raise SystemExit(f"{command} ended with status {process.returncode}")
    return most / 1024


def memory(folder):
    """Every command that reads or writes all rows, at 10^6 and at 10^7 of them."""
    work = folder / "work"
    commands = [
        ("sql --format csv, all rows", "{}.db --format csv sql", ["SELECT * FROM variances"]),
        ("sql --format json, all rows", "{}.db --format json sql", ["SELECT * FROM variances"]),
        ("sql (table), all rows", "{}.db sql", ["SELECT * FROM variances"]),
        ("check", "{}.db check", []),
        ("export --to FOLDER", "{}.db export --to work/{}", []),
        ("export --to FILE", "{}.db export --to work/{}-export.db", []),
        ("backup", "{}.db backup work/{}-backup.db", []),
        ("merge into a new store", "work/{}-merged.db merge {}.db", []),
        ("merge the same again", "work/{}-merged.db merge {}.db", []),
        ("compact", "work/{}-backup.db compact", []),
        ("delete", "work/{}-export.db delete", ["number > 1000"]),
        ("purge", "work/{}-export.db purge --yes", []),
        ("info", "{}.db info", []),
        ("runs --format json --with-variances", "{}.db --format json runs --with-variances", []),
        ("compare", "{}.db compare plain batchnorm", []),
        ("history", "{}.db history residual3", []),
        ("plot history", "{}.db plot history residual3 --output work/{}.svg", []),
        ("diff of equal runs", "long-{}.db diff 1 3", []),
        ("history --run", "long-{}.db history residual3 --run 1", []),
        ("history --run --limit 20", "long-{}.db history residual3 --run 1 --limit 20", []),
        ("plot training", "long-{}.db plot training 1 --output work/{}.svg", []),
        ("show", "long-{}.db show 1", []),
    ]
    print(f"\n{'command':36} {'10^6':>7} {'10^7':>7}  (MiB)")
    sizes = [("1e6", 10**6), ("1e7", 10**7)]
    try:
        for label, words, more in commands:
            work.mkdir(exist_ok=True)
            report(label, [peak([VARVE, "--store"] + words.replace("{}", size).split() + more, folder) for size, _ in sizes])
        report("log", [peak([VARVE, "--store", f"work/{size}-log.db", "log"], folder, rows) for size, rows in sizes])
        # Three layers a step: the smallest network takes a few microseconds for each.
        small = ["plain", "--blocks", "1", "--width", "2", "--batch-size", "2", "--weights", "none"]
        steps = [str(rows // 3) for _, rows in sizes]
        run = [[VARVE, "--store", f"work/{count}.db", "run", "--steps", count] + small for count in steps]
        report("run", [peak(command, folder) for command in run])
        report("verify", [peak([VARVE, "--store", f"work/{count}.db", "verify", "1"], folder) for count in steps])
    finally:
        shutil.rmtree(work, ignore_errors=True)


def report(label, peaks):
    growth = "" if peaks[1] < peaks[0] + 4 else "  GROWS"
    print(f"{label:36} {peaks[0]:7.1f} {peaks[1]:7.1f}{growth}", flush=True)


def main(folder, rounds):
    make(folder)
    times(folder, rounds)
    try:
        recording(folder, rounds)
        merging(folder)
    finally:
        for name in ["a.db", "b.db", "ceiling"]:
            for ending in ["", "-wal", "-shm"]:
                (folder / (name + ending)).unlink(missing_ok=True)
    memory(folder)


if __name__ == "__main__":
    os.environ.pop("VARVE_STORE", None)
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 15
    if len(sys.argv) > 1:
        pathlib.Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
        main(pathlib.Path(sys.argv[1]).resolve(), rounds)
    else:
        with tempfile.TemporaryDirectory() as temporary:
            main(pathlib.Path(temporary), rounds)
