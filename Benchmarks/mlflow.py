#!/usr/bin/env python3
"""Measures `varve serve` beside MLflow's own server on SQLite, with the same recorded bodies, in one run.

    python3 -m venv /tmp/mlflow && /tmp/mlflow/bin/pip install mlflow==3.17.2
    make build && /tmp/mlflow/bin/python Benchmarks/mlflow.py .build/release/varve

Values a second by log-batch of 100 metrics are measured with a load client of a few lines that replays bodies over open
connections: eight Python clients on the server's own processors would measure themselves. With MLflow's client the ratio
is told beside it. Then search_runs of 1,000 runs from many, and get_history of 25,000 values.
"""
import argparse
import http.client
import json
import multiprocessing
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BATCH = 100


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Server:
    def __init__(self, name, port, process):
        self.name, self.port, self.process = name, port, process

    def request(self, method, path, body=None, connection=None):
        own = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        data = None if body is None else json.dumps(body)
        own.request(method, path, data, {"Content-Type": "application/json"} if data else {})
        answer = own.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{self.name}: {answer.status} {text[:300]!r}")
        return json.loads(text)

    def post(self, path, body, connection=None):
        return self.request("POST", "/api/2.0/mlflow" + path, body, connection)

    def new_run(self, **fields):
        return self.post("/runs/create", {"experiment_id": "0", "start_time": 1, **fields})["run"]["info"]["run_id"]

    def stop(self):
        self.process.terminate()
        self.process.wait()


def varve(command, store):
    process = subprocess.Popen(
        [command, "--store", str(store), "serve", "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    port = int(re.search(r":(\d+) ", process.stdout.readline())[1])
    return Server("varve", port, process)


def mlflow(folder):
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--backend-store-uri",
         f"sqlite:///{folder}/mlflow.db", "--default-artifact-root", f"{folder}/artifacts"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder, start_new_session=True,
    )
    server = Server("mlflow", port, process)
    for _ in range(600):
        try:
            with socket.create_connection(("127.0.0.1", port), 1):
                break
        except OSError:
            time.sleep(0.1)
    time.sleep(2)
    return server


def bodies(run, count):
    """Requests as the client sends them: 100 metrics of a step each, ready to be written to a socket."""
    made = []
    for step in range(count):
        metrics = [{"key": f"metric {i}", "value": 0.1 * i + step, "timestamp": 1_700_000_000_000 + step, "step": step} for i in range(BATCH)]
        text = json.dumps({"run_id": run, "metrics": metrics, "params": [], "tags": []}).encode()
        head = (f"POST /api/2.0/mlflow/runs/log-batch HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(text)}\r\n\r\n").encode()
        made.append(head + text)
    return made


def replay(port, requests):
    """Sends requests over one connection, each when the one before is answered."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for request in requests:
            connection.sendall(request)
            text = b""
            while b"\r\n\r\n" not in text:
                text += connection.recv(65536)
            head, _, rest = text.partition(b"\r\n\r\n")
            if b" 200 " not in head.split(b"\r\n")[0]:
                raise RuntimeError(text[:300])
            length = int(re.search(rb"content-length: *(\d+)", head, re.I)[1])
            while len(rest) < length:
                rest += connection.recv(65536)


def batches(server, connections, count):
    """Values a second from several connections, each with a run of its own."""
    runs = [server.new_run() for _ in range(connections)]
    work = [bodies(run, count) for run in runs]
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=replay, args=(server.port, requests)) for requests in work]
    start = time.perf_counter()
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    spent = time.perf_counter() - start
    if any(process.exitcode for process in processes):
        raise RuntimeError("a load client failed")
    return connections * count * BATCH / spent


def client_batches(server, count):
    """Values a second with MLflow's own client."""
    from mlflow import MlflowClient
    from mlflow.entities import Metric

    client = MlflowClient(f"http://127.0.0.1:{server.port}")
    run = server.new_run()
    start = time.perf_counter()
    for step in range(count):
        client.log_batch(run, [Metric(f"metric {i}", 0.1 * i, 1_700_000_000_000, step) for i in range(BATCH)])
    return count * BATCH / (time.perf_counter() - start)


def fill(server, count):
    """Many runs with a param and a metric each."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    for index in range(count):
        run = server.post("/runs/create", {"experiment_id": "0", "start_time": index + 1, "run_name": f"run {index}"}, connection)["run"]["info"]["run_id"]
        server.post(
            "/runs/log-batch",
            {"run_id": run, "metrics": [{"key": "loss", "value": index % 997, "timestamp": 1, "step": 0}], "params": [{"key": "lr", "value": str(index % 7)}]},
            connection,
        )
        server.post("/runs/update", {"run_id": run, "status": "FINISHED", "end_time": index + 2}, connection)


def best(repeat, body):
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        body()
        times.append(time.perf_counter() - start)
    return min(times) * 1000


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("varve")
    parser.add_argument("--runs", type=int, default=100_000, help="runs that search_runs searches; MLflow gets a tenth")
    parser.add_argument("--batches", type=int, default=400, help="batches a connection; MLflow gets a fortieth")
    parser.add_argument("--only-varve", action="store_true")
    options = parser.parse_args()
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    with tempfile.TemporaryDirectory() as folder:
        servers = [varve(options.varve, Path(folder) / "varve.db")]
        if not options.only_varve:
            servers.append(mlflow(folder))
        rates = {}
        for server in servers:
            count = options.batches if server.name == "varve" else max(10, options.batches // 40)
            batches(server, 8, max(2, count // 10))
            rates[server.name] = batches(server, 8, count)
            print(f"{server.name}: log-batch of 100 from 8 connections: {rates[server.name]:,.0f} values/s", flush=True)
            rate = client_batches(server, max(10, count // 8))
            rates[server.name + " client"] = rate
            print(f"{server.name}: the same with MLflow's client, one of them: {rate:,.0f} values/s", flush=True)
        for server in servers:
            run = server.new_run()
            for start in range(0, 25_000, 1000):
                server.post("/runs/log-batch", {"run_id": run, "metrics": [{"key": "m", "value": 0.1 * i, "timestamp": i, "step": i} for i in range(start, start + 1000)]})
            path = f"/api/2.0/mlflow/metrics/get-history?run_id={run}&metric_key=m&max_results=25000"
            spent = best(5, lambda: server.request("GET", path))
            print(f"{server.name}: get-history of 25,000 values: {spent:.0f} ms", flush=True)
        for server in servers:
            count = options.runs if server.name == "varve" else options.runs // 10
            fill(server, count)
            for text, order in (("", []), ("metrics.loss < 500", ["metrics.loss DESC"])):
                body = {"experiment_ids": ["0"], "filter": text, "order_by": order, "max_results": 1000}
                spent = best(5, lambda: server.post("/runs/search", body))
                print(f"{server.name}: search of 1,000 of {count:,} runs, filter '{text}', order {order}: {spent:.0f} ms", flush=True)
        if len(servers) == 2:
            print(f"log-batch: {rates['varve'] / rates['mlflow']:.0f} times MLflow's server, "
                  f"{rates['varve client'] / rates['mlflow client']:.1f} times with its client")
        for server in servers:
            server.stop()


if __name__ == "__main__":
    main()
