#!/usr/bin/env python3
"""Measures `varve serve` beside MLflow's own server on SQLite, in one run.

    python3 -m venv /tmp/mlflow && /tmp/mlflow/bin/pip install mlflow==3.17.2
    make build && /tmp/mlflow/bin/python Benchmarks/mlflow.py [.build/release/varve]

The same bodies are sent to both, as MLflow's client makes them: log-batch of 100 metrics from 8 connections, by a load client
of a few lines that replays them, since eight Python clients on the server's own processors would measure themselves. With one
of MLflow's clients the ratio is told beside it. Then get-history of 25,000 values, and search of 1,000 runs from many.

The stores of many runs are made once, with the same runs in both, and kept in --cache. Each line says whether the target of
the design is met.
"""
import argparse
import http.client
import json
import multiprocessing
import os
import re
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
# Or `import mlflow` would find this file.
sys.path[:] = [path for path in sys.path if Path(path).resolve() != HERE]
BATCH, CONNECTIONS, VALUES, FOUND = 100, 8, 25_000, 1000


class Server:
    def __init__(self, name, port, process):
        self.name, self.port, self.process = name, port, process

    def request(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        data = None if body is None else json.dumps(body)
        connection.request(method, path, data, {"Content-Type": "application/json"} if data else {})
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        if answer.status != 200:
            raise RuntimeError(f"{self.name}: {answer.status} {text[:300]!r}")
        return text

    def post(self, path, body):
        return self.request("POST", "/api/2.0/mlflow" + path, body)

    def get(self, path):
        return self.request("GET", "/api/2.0/mlflow" + path)

    def new_run(self):
        return json.loads(self.post("/runs/create", {"experiment_id": "0", "start_time": 1}))["run"]["info"]["run_id"]

    def stop(self):
        # MLflow's server has workers, which are of its group.
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait()


def varve(command, store):
    process = subprocess.Popen(
        [command, "--store", str(store), "serve", "--port", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True,
    )
    found = re.search(r"http://127\.0\.0\.1:(\d+)", process.stdout.readline())
    return Server("varve", int(found[1]), process)


def mlflow(database, folder):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--backend-store-uri",
         f"sqlite:///{database}", "--artifacts-destination", f"{folder}/artifacts"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder, start_new_session=True,
    )
    server = Server("mlflow", port, process)
    for _ in range(1200):
        try:
            server.get("/experiments/get?experiment_id=0")
            wait_until_idle(process.pid)
            return server
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("MLflow's server does not answer")


def wait_until_idle(group):
    """MLflow's server answers while some of its processes are still busy starting."""
    def ticks():
        total = 0
        for file in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = file.read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(fields[2]) == group:
                total += int(fields[11]) + int(fields[12])
        return total

    for _ in range(60):
        before = ticks()
        time.sleep(1)
        if ticks() - before < os.sysconf("SC_CLK_TCK") / 5:
            return


# MARK: Recording


def bodies(run, count):
    """Requests as the client sends them, ready to be written to a socket."""
    made = []
    for step in range(count):
        metrics = [
            {"key": f"metric {i}", "value": 0.1 * i + step, "timestamp": 1_700_000_000_000 + step, "step": step}
            for i in range(BATCH)
        ]
        text = json.dumps({"run_id": run, "metrics": metrics, "params": [], "tags": []}).encode()
        head = (f"POST /api/2.0/mlflow/runs/log-batch HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(text)}\r\n\r\n").encode()
        made.append(head + text)
    return made


def replay(port, requests, start):
    """Sends requests over one connection, each when the one before is answered."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        start.wait()
        for request in requests:
            connection.sendall(request)
            text = b""
            while b"\r\n\r\n" not in text:
                part = connection.recv(65536)
                if not part:
                    raise RuntimeError(f"the connection ended after {text[:300]!r}")
                text += part
            head, _, rest = text.partition(b"\r\n\r\n")
            if b" 200 " not in head.split(b"\r\n")[0]:
                raise RuntimeError(text[:300])
            length = int(re.search(rb"content-length: *(\d+)", head, re.I)[1])
            while len(rest) < length:
                rest += connection.recv(65536)


def record(server, count):
    """Values a second from several connections, each with a run of its own."""
    runs = [server.new_run() for _ in range(CONNECTIONS)]
    work = [bodies(run, count) for run in runs]
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(CONNECTIONS + 1)
    processes = [context.Process(target=replay, args=(server.port, requests, barrier)) for requests in work]
    for process in processes:
        process.start()
    barrier.wait()
    start = time.perf_counter()
    for process in processes:
        process.join()
    spent = time.perf_counter() - start
    if any(process.exitcode for process in processes):
        raise RuntimeError("a load client failed")
    for run in runs:
        kept = json.loads(server.get(f"/metrics/get-history?run_id={run}&metric_key=metric%2099"))["metrics"]
        if len(kept) != count:
            raise RuntimeError(f"{server.name} keeps {len(kept)} of {count} values")
    return CONNECTIONS * count * BATCH / spent


def record_with_client(server, count):
    """Values a second with one of MLflow's own clients."""
    from mlflow import MlflowClient
    from mlflow.entities import Metric

    client = MlflowClient(f"http://127.0.0.1:{server.port}")
    run = server.new_run()
    client.log_batch(run, [Metric("first", 0, 0, 0)])
    start = time.perf_counter()
    for step in range(count):
        client.log_batch(run, [Metric(f"metric {i}", 0.1 * i, 1_700_000_000_000, step) for i in range(BATCH)])
    return count * BATCH / (time.perf_counter() - start)


# MARK: Many runs


def make_many(cache, command, runs):
    """The databases of MLflow and of Varve with the same runs; made where they are not there yet."""
    ours, theirs = cache / f"varve-{runs}.db", cache / f"mlflow-{runs}.db"
    cache.mkdir(parents=True, exist_ok=True)
    if not theirs.exists():
        new = cache / "new.db"
        new.unlink(missing_ok=True)
        mlflow(new, cache).stop()
        with sqlite3.connect(new) as database:
            fill(database, runs)
        database.close()
        new.rename(theirs)
        ours.unlink(missing_ok=True)
    if not ours.exists():
        new = cache / "new.db"
        subprocess.run([command, "--store", str(new), "--quiet", "import", "mlflow", str(theirs)],
                       check=True, stdout=subprocess.DEVNULL)
        new.rename(ours)
    return {"varve": ours, "mlflow": theirs}


def fill(database, runs):
    """Runs with a metric, a param and a name each."""
    ids = [f"{index:032x}" for index in range(runs)]
    database.executemany(
        "INSERT INTO runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time, end_time, "
        "source_version, lifecycle_stage, artifact_uri, experiment_id) "
        "VALUES (?, ?, 'UNKNOWN', '', '', 'me', 'FINISHED', ?, ?, '', 'active', ?, 0)",
        ((run, f"run {i}", i + 1, i + 2, f"mlflow-artifacts:/0/{run}/artifacts") for i, run in enumerate(ids)),
    )
    database.executemany("INSERT INTO tags (key, value, run_uuid) VALUES ('mlflow.runName', ?, ?)",
                         ((f"run {i}", run) for i, run in enumerate(ids)))
    database.executemany("INSERT INTO params (key, value, run_uuid) VALUES ('lr', ?, ?)",
                         ((str(i % 7), run) for i, run in enumerate(ids)))
    for table in ("metrics", "latest_metrics"):
        database.executemany(
            f"INSERT INTO {table} (key, value, timestamp, run_uuid, step, is_nan) VALUES ('loss', ?, 1, ?, 0, 0)",
            ((float(i * 7919 % 9973), run) for i, run in enumerate(ids)),
        )


# MARK: Figures


def seconds(repeat, body):
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        body()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def tell(what, ours, theirs, unit, target, isMet):
    beside = "" if theirs is None else f"; MLflow {theirs:,.0f} {unit}"
    verdict = "" if target is None else f" (target {target}: {'met' if isMet else 'NOT MET'})"
    print(f"{what}: {ours:,.0f} {unit}{beside}{verdict}", flush=True)


def measure_recording(server, options):
    """What a server takes and gives back on a new store, by what it is."""
    is_ours = server.name == "varve"
    count = options.batches if is_ours else max(8, options.batches // 50)
    record(server, max(2, count // 10))
    figures = {"batches": statistics.median(record(server, count) for _ in range(3 if is_ours else 1))}
    figures["client"] = record_with_client(server, 200 if is_ours else 40)
    run = server.new_run()
    for first in range(0, VALUES, 1000):
        metrics = [{"key": "m", "value": 0.1 * i, "timestamp": i, "step": i} for i in range(first, first + 1000)]
        server.post("/runs/log-batch", {"run_id": run, "metrics": metrics})
    path = f"/metrics/get-history?run_id={run}&metric_key=m&max_results={VALUES}"
    figures["history"] = 1000 * seconds(9 if is_ours else 2, lambda: server.get(path))
    return figures


def tell_recording(ours, theirs):
    batches = theirs.get("batches")
    tell("log-batch of 100 from 8 connections", ours["batches"], batches, "values/s", "300,000", ours["batches"] >= 300_000)
    if batches:
        tell("  the ratio", ours["batches"] / batches, None, "times", "50", ours["batches"] >= 50 * batches)
    tell("the same with one of MLflow's clients", ours["client"], theirs.get("client"), "values/s", None, True)
    if "client" in theirs:
        print(f"  the ratio: {ours['client'] / theirs['client']:.1f} times")
    tell(f"get-history of {VALUES:,}", ours["history"], theirs.get("history"), "ms", "40", ours["history"] <= 40)


SEARCHES = [
    ("", []), ("metrics.loss < 5000", ["metrics.loss DESC"]), ("params.lr = '3'", []),
    ("attributes.run_name LIKE 'run 9%'", ["attributes.start_time ASC"]),
]


def measure_search(server):
    """Milliseconds of each search."""
    times = []
    for text, order in SEARCHES:
        body = {"experiment_ids": ["0"], "filter": text, "order_by": order, "max_results": FOUND}
        found = json.loads(server.post("/runs/search", body))["runs"]
        if len(found) != FOUND:
            raise RuntimeError(f"{server.name} finds {len(found)} runs")
        times.append(1000 * seconds(9 if server.name == "varve" else 1, lambda: server.post("/runs/search", body)))
    return times


def tell_search(ours, theirs, runs):
    for index, (text, order) in enumerate(SEARCHES):
        what = f"search of {FOUND:,} of {runs:,} runs, {text or 'all'}" + (f", by {order[0]}" if order else "")
        tell(what, ours[index], theirs[index] if theirs else None, "ms", "60", ours[index] <= 60)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("varve", nargs="?", default=str(HERE.parent / ".build/release/varve"))
    parser.add_argument("--runs", type=int, default=100_000, help="how many runs are searched")
    parser.add_argument("--batches", type=int, default=1000, help="batches a connection; MLflow gets a fiftieth")
    parser.add_argument("--cache", type=Path, default=HERE.parent / ".build/benchmark-mlflow",
                        help="the folder of the stores that are made once")
    parser.add_argument("--only-varve", action="store_true")
    options = parser.parse_args()
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    command = str(Path(options.varve).resolve())
    # Who ends this ends the servers with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))

    names = ["varve"] if options.only_varve else ["varve", "mlflow"]

    def measure(folder, stores, body):
        """Each server alone: MLflow's has processes that work also where nobody asks anything."""
        results = {}
        for name in names:
            server = varve(command, stores[name]) if name == "varve" else mlflow(stores[name], folder)
            try:
                results[name] = body(server)
            finally:
                server.stop()
        return results

    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        new = {name: folder / f"{name}.db" for name in names}
        figures = measure(folder, new, lambda server: measure_recording(server, options))
        tell_recording(figures["varve"], figures.get("mlflow", {}))
        stores = make_many(options.cache.resolve(), command, options.runs)
        for name, path in stores.items():
            shutil.copy(path, folder / f"many-{name}.db")
            stores[name] = folder / f"many-{name}.db"
        times = measure(folder, stores, measure_search)
        tell_search(times["varve"], times.get("mlflow"), options.runs)


if __name__ == "__main__":
    main()
