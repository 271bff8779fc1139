"""Measures `varve serve`: how fast it is there, what it holds, and how fast it answers, beside the command line, the sqlite3
shell, and MLflow's and TensorBoard's servers where they have the like.

    VARVE_BENCH_STORES=FOLDER python3 Benchmarks/server.py [PART…]

Parts are small, live, clients, metric, runs, compare and others; without a word all are measured, in about five minutes. The
stores are made in FOLDER and stay there (1 GB; a temporary folder without it). VARVE_BUILD names another folder of built
programs. Needs `make build`, `swift build -c release --static-swift-stdlib --product varve-bench` to make the stores, wrk,
the sqlite3 shell, and for MLflow and TensorBoard a Python that has both.
"""

import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

import otherservers
from questions import sql
from serving import BUILD, VARVE, load, request, serve

SECONDS = 5
MISSED = []


def tell(name, figure, unit, target=None, isMet=None, beside=""):
    verdict = "" if target is None else f" (target {target}: {'met' if isMet else 'NOT MET'})"
    if isMet is False:
        MISSED.append(name)
    print(f"{name}: {figure:.4g} {unit}{verdict}{beside}", flush=True)


def varve(store, *words, text=None):
    subprocess.run([VARVE, "--store", str(store), "--quiet", *words], input=text, text=True, check=True,
                   stdout=subprocess.DEVNULL)


def made(folder, name, make):
    """A store that is made once; what was made in part is not taken for it."""
    place = folder / name
    if not place.exists():
        pending = folder / f"making-{name}"
        shutil.rmtree(pending, ignore_errors=True)
        for ending in ["", "-wal", "-shm"]:
            pathlib.Path(f"{pending}{ending}").unlink(missing_ok=True)
        start = time.perf_counter()
        make(pending)
        pending.rename(place)
        print(f"made {name} in {time.perf_counter() - start:.0f} s", flush=True)
    return place


def of_bench(runs, rows):
    command = [str(BUILD / "varve-bench"), "store"]
    return lambda place: subprocess.run([*command, str(place), str(runs), str(rows)], check=True, stdout=subprocess.DEVNULL)


def of_log(points):
    def make(place):
        lines = [json.dumps({"step": step, "metrics": {"loss": step * 7919 % 10007 / 10007}}) for step in range(points)]
        varve(place, "log", text="\n".join([*lines, '{"end": "finished"}']))
    return make


def median(measure, rounds):
    return statistics.median(measure() for _ in range(rounds))


def small(folder):
    store = made(folder, "small.db", lambda place: varve(place, "run", "plain", "batchnorm", "--seeds", "0-4", "--weights", "none"))

    def ready():
        server = serve(store)
        server.end()
        return server.ready

    seconds = median(ready, 7)
    tell("ready to answer", seconds, "s", "0.1 s", seconds <= 0.1)
    server = serve(store)
    time.sleep(1)
    tell("idle memory", server.memory(), "MiB", "64 MiB", server.memory() <= 64)
    rate = server.rate("/health", SECONDS)
    tell("GET /health, 64 connections", rate, "/s", "20,000/s", rate >= 20_000)
    for path in ["/api/v1/runs/1", "/", "/runs/1"]:
        tell(f"GET {path}, 64 connections", server.rate(path, 2), "/s")
    tell("memory after that", server.memory(), "MiB")
    end = server.end()
    tell("end after SIGTERM", end, "s", "2 s", end <= 2)


class Stream(threading.Thread):
    """A page that watches: notes when each value of a loss came."""

    def __init__(self, server, seconds, isRead=False):
        super().__init__(daemon=True)
        self.address, self.seconds, self.isRead, self.seen, self.count = server.address, seconds, isRead, {}, 0

    def run(self):
        try:
            with urllib.request.urlopen(self.address + "/api/v1/events", timeout=self.seconds) as answer:
                while line := answer.readline():
                    self.count += line.startswith(b"event: run")
                    if self.isRead and line.startswith(b"data: ") and (found := re.search(rb'"loss":([\d.e-]+)', line)):
                        run = json.loads(line[6:])
                        self.seen.setdefault((run["name"], run["metrics"]["loss"]), time.perf_counter())
        except OSError:
            pass


def live(folder, streams=200, recorders=8):
    store = folder / "live.db"
    for ending in ["", "-wal", "-shm"]:
        pathlib.Path(f"{store}{ending}").unlink(missing_ok=True)
    varve(store, "run", "plain", "--weights", "none")
    server = serve(store)

    def begin(name):
        process = subprocess.Popen([VARVE, "--store", str(store), "--quiet", "log", "--name", name], stdin=subprocess.PIPE,
                                   text=True, stdout=subprocess.DEVNULL)
        return name, process

    def write(recorder, step):
        recorder[1].stdin.write(json.dumps({"step": step, "metrics": {"loss": 1 + step / 16}}) + "\n")
        recorder[1].stdin.flush()
        return (recorder[0], 1 + step / 16), time.perf_counter()

    # Eight at once, each a value in half a second: what lies between its line and its event.
    watching = Stream(server, 60, isRead=True)
    watching.start()
    writers = [begin(f"recorder {number}") for number in range(recorders)]
    sent = {}
    for step in range(10):
        written = dict(write(writer, step) for writer in writers)
        if step > 0:
            sent.update(written)
        # The programs have begun when their first values have come.
        until = time.perf_counter() + (0.8 if step > 0 else 20)
        while time.perf_counter() < until and (step > 0 or len(watching.seen) < recorders):
            time.sleep(0.01)
    time.sleep(1)

    def arrival(name, loss):
        """When this value was told, or one behind it."""
        return min((at for (run, value), at in watching.seen.items() if run == name and value >= loss), default=float("inf"))

    delays = [arrival(*key) - at for key, at in sent.items()]
    for _, process in writers:
        process.stdin.close()
        process.wait()
    tell(f"{recorders} recorders at once: a value on the stream after, median", statistics.median(delays), "s")
    # A recorder commits half a second after a line at the latest; the server has half a second from there.
    tell("the slowest of them", max(delays), "s", "1 s", max(delays) <= 1)
    # Many pages, one recorder with 20 updates a second.
    for _ in range(streams):
        Stream(server, 60).start()
    time.sleep(2)
    recorder = begin("updates")
    before, start = server.cpu(), time.perf_counter()
    for step in range(20 * SECONDS):
        write(recorder, step)
        time.sleep(1 / 20)
    share = (server.cpu() - before) / (time.perf_counter() - start)
    recorder[1].stdin.close()
    recorder[1].wait()
    tell(f"{streams} streams, 20 updates/s", share, "cores", "0.5 cores", share < 0.5)
    tell("memory with them", server.memory(), "MiB")
    server.end()


def clients(folder, writers=64, readers=8, rounds=20):
    """Many write while others read: how long the slowest waits, and whether anything is lost."""
    store = folder / "clients.db"
    for ending in ["", "-wal", "-shm"]:
        pathlib.Path(f"{store}{ending}").unlink(missing_ok=True)
    varve(store, "run", "plain", "--seeds", f"0-{writers - 1}", "--weights", "none")
    server = serve(store)
    plans = [
        [request("PATCH", f"/api/v1/runs/{run}", server.port, json.dumps({"tags": {f"t{k}": str(run)}})) for k in range(rounds)]
        for run in range(1, writers + 1)
    ] + [[request("GET", "/api/v1/runs?limit=50", server.port)] * rounds for _ in range(readers)]
    start = time.perf_counter()
    taken = load(server.port, plans)
    seconds = time.perf_counter() - start
    slowest = max(max(one) for one in taken)
    tell(f"{writers} write and {readers} read: the slowest answer", slowest, "s", "1 s", slowest <= 1)
    tell("changes committed", writers * rounds / seconds, "/s")
    kept = subprocess.run([VARVE, "--store", str(store), "--format", "csv", "sql",
                           "SELECT count(*) AS n FROM tags WHERE key LIKE 't%' AND value = CAST(run_id AS TEXT)"], text=True, check=True, stdout=subprocess.PIPE)
    count = int(kept.stdout.split()[1])
    tell("of them in the store", count, f"of {writers * rounds}", "all", count == writers * rounds)
    server.end()


def metric(folder):
    store = made(folder, "points.db", of_log(1_000_000))
    for name, path in [("as JSON", "/api/v1/runs/1/metrics?key=loss&points=2000"),
                       ("as a picture", "/pictures/curves.svg?name=loss&run=1&width=1600"),
                       ("as its page", "/runs/1")]:
        server = serve(store)
        _, first, size = server.times(path)
        again = median(lambda: server.times(path)[1], 3)
        # Another stretch each time: an answer that was kept would be found again.
        stretches = iter([(400_000, 500_000), (100_000, 600_000), (250_000, 251_000)])
        zoomed = median(lambda: server.times(path + "{}from={}&to={}".format("&" if "?" in path else "?", *next(stretches)))[1], 3)
        tell(f"10^6 points {name}, first", first, "s", "0.3 s", first <= 0.3)
        tell("  again", again, "s", "0.1 s", again <= 0.1)
        tell("  zoomed", zoomed, "s", "0.1 s", zoomed <= 0.1)
        tell("  size", size / 1000, "KB", "100 KB", size < 100_000)
        server.end()


def runs(folder):
    store = made(folder, "runs.db", of_bench(10**5, 7 * 10**5))
    server = serve(store)
    tell("ready with 10^5 runs", server.ready, "s", "0.1 s", server.ready <= 0.1)
    statement = sql("listRuns", "", "'active'", "50").replace("/* AND after */", "").replace("/* order, */", "")
    shell = ["sqlite3", "-readonly", str(store), statement]

    def seconds():
        start = time.perf_counter()
        subprocess.run(shell, check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - start

    base = median(seconds, 9)
    tell("sqlite3 with the query of the list", base * 1e3, "ms")
    for path, isBound in [("/", True), ("/api/v1/runs?limit=50", True), ("/?sort=-metrics.loss", False),
                          ("/?filter=seed+%3D+7", False), ("/?group=configuration", False)]:
        server.times(path)
        answers = [server.times(path) for _ in range(9)]
        first, whole = (statistics.median(one[place] for one in answers) for place in (0, 1))
        size = answers[0][2]
        limit = (base + 0.02) * 1e3
        tell(f"GET {path} of 10^5 runs, first byte", first * 1e3, "ms", *([f"{limit:.1f} ms", first * 1e3 <= limit] if isBound else []))
        tell("  whole", whole * 1e3, "ms", *([f"{limit:.1f} ms", whole * 1e3 <= limit] if isBound else []))
        tell("  size", size / 1000, "KB", *(["100 KB", size <= 100_000] if isBound else []))
    time.sleep(1)
    tell("memory with 10^5 runs", server.memory(), "MiB", "64 MiB", server.memory() <= 64)
    server.end()


def compare(folder):
    store = made(folder, "1e7.db", of_bench(2000, 10**7))
    server = serve(store)
    path = "/compare?group=plain&group=batchnorm"
    ours, theirs = [], []
    server.times(path)
    for _ in range(9):
        start = time.perf_counter()
        varve(store, "compare", "plain", "batchnorm")
        theirs.append(time.perf_counter() - start)
        ours.append(server.times(path)[1])
    page, command = statistics.median(ours) * 1e3, statistics.median(theirs) * 1e3
    tell("compare page at 10^7 rows", page, "ms", f"1.5 × {command:.1f} ms of varve compare", page <= 1.5 * command)
    server.end()


def others(folder):
    if not otherservers.are_there():
        return print("MLflow and TensorBoard are not in this Python: not measured", flush=True)
    database = made(folder, "mlflow.db", lambda place: otherservers.make_mlflow(place, 10**5, 10**6))
    events = made(folder, "events", lambda place: otherservers.make_tensorboard(place, 10**6))
    ours = [serve(folder / name) for name in ["points.db", "runs.db"]]
    rate = ours[0].rate("/health", 2)
    figures = [
        ("ready", ours[0].ready, "s"), ("idle memory", ours[0].memory(), "MiB"), ("/health, 64 connections", rate, "/s"),
        ("10^6 points", ours[0].times("/api/v1/runs/1/metrics?key=loss&points=1000")[1], "s"),
        ("50 of 10^5 runs", ours[1].times("/api/v1/runs?limit=50")[1], "s"),
    ]
    for server in ours:
        server.end()
    with otherservers.whoever_answers("MLflow"):
        otherservers.beside_mlflow(database, figures)
    with otherservers.whoever_answers("TensorBoard"):
        otherservers.beside_tensorboard(events, figures)


PARTS = [small, live, clients, metric, runs, compare, others]


def main(folder, words):
    start = time.perf_counter()
    for part in PARTS:
        if not words or part.__name__ in words:
            part(folder)
    print(f"{time.perf_counter() - start:.0f} s; not met: {', '.join(name.strip() for name in MISSED) or 'none'}", flush=True)


if __name__ == "__main__":
    os.environ.pop("VARVE_STORE", None)
    place = os.environ.get("VARVE_BENCH_STORES")
    if place:
        pathlib.Path(place).mkdir(parents=True, exist_ok=True)
        main(pathlib.Path(place).resolve(), sys.argv[1:])
    else:
        with tempfile.TemporaryDirectory() as temporary:
            main(pathlib.Path(temporary), sys.argv[1:])
