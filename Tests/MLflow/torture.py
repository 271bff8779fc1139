"""Records at random over MLflow's API while clients and server are killed, and compares what is there with what was acknowledged.

    VARVE=.build/release/varve python3 Tests/MLflow/torture.py [--seconds 30] [--clients 16] [--seed 1]

Each client is a process that writes down what it sends before it sends it, and that it was acknowledged after; it sends again
what was not answered, as MLflow's client does. Afterwards nothing acknowledged may be missing, nothing may be there that was not
sent, and nothing twice; the latest values must be those of the histories; `varve check` must find nothing; and a merge into
another store must hold the same.
"""
import argparse
import http.client
import json
import math
import multiprocessing
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

VARVE = os.environ.get("VARVE", ".build/release/varve")
VALUES = [0.0, 1.0, -1.5, 1e-310, 1.7976931348623157e308, "NaN", "Infinity", "-Infinity"]
STEPS = [0, 1, 2, 3, 7, -1, -5, 10**6, 2**53]
KEYS = ["loss", "val/loss", "variance/conv1", "variance/block 2", "größe"]


class Server:
    def __init__(self, store):
        self.store, self.port = store, 0
        self.start()

    def start(self):
        self.process = subprocess.Popen([VARVE, "--store", str(self.store), "serve", "--port", str(self.port)],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline()
        self.port = int(re.search(r"127\.0\.0\.1:(\d+)", line)[1])

    def kill(self, number=signal.SIGKILL):
        self.process.send_signal(number)
        self.process.wait()
        self.process.stdout.close()


def ask(port, method, path, body=None, timeout=20):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        data = None if body is None else json.dumps(body)
        connection.request(method, "/api/2.0/mlflow" + path, data, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def persist(port, path, body):
    """Sends until it is answered, as MLflow's client does."""
    while True:
        try:
            status, answer = ask(port, "POST", path, body)
            if status not in (408, 429, 500, 502, 503, 504):
                return status, answer
        except (OSError, http.client.HTTPException, ValueError):
            pass
        time.sleep(0.02)


def metric(chance, client):
    # Each client has keys of its own in the run that all of them share.
    return {"key": f"{chance.choice(KEYS)}", "value": chance.choice([*VALUES, chance.random()]),
            "timestamp": chance.choice([0, 5, 1_700_000_000_000 + chance.randrange(1000)]), "step": chance.choice(STEPS)}


def operation(chance, client, runs, shared, sent):
    """A request: its path and its body."""
    kind = chance.random()
    run = chance.choice(runs)
    if kind < 0.1 and sent:
        return chance.choice(sent[-20:])
    if kind < 0.4:
        metrics = [metric(chance, client) for _ in range(chance.choice([1, 2, 10, 60, 900]))]
        params = [{"key": f"p{chance.randrange(30)}", "value": str(chance.randrange(2))}] if chance.random() < 0.3 else []
        tags = [{"key": f"t{chance.randrange(5)}", "value": str(chance.random())}]
        return "/runs/log-batch", {"run_id": run, "metrics": metrics, "params": params, "tags": tags}
    if kind < 0.55:
        value = metric(chance, client)
        value["key"] = f"client {client}/{value['key']}"
        return "/runs/log-metric", {"run_id": shared, **value}
    if kind < 0.7:
        return "/runs/log-metric", {"run_id": run, **metric(chance, client)}
    if kind < 0.8:
        return "/runs/log-parameter", {"run_id": run, "key": f"p{chance.randrange(30)}", "value": str(chance.randrange(2))}
    if kind < 0.88:
        return "/runs/set-tag", {"run_id": run, "key": f"t{chance.randrange(5)}", "value": str(chance.random())}
    if kind < 0.94:
        return "/runs/update", {"run_id": run, "status": chance.choice(["RUNNING", "FINISHED", "FAILED"]),
                                "end_time": chance.randrange(1, 10**12)}
    return chance.choice(["/runs/delete", "/runs/restore"]), {"run_id": run}


def work(port, client, seed, runs, shared, log, end):
    chance = random.Random(seed)
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    sent = []
    while time.time() < end:
        path, body = operation(chance, client, runs, shared, sent)
        os.write(file, (json.dumps({"path": path, "body": body}) + "\n").encode())
        status, answer = persist(port, path, body)
        os.write(file, (json.dumps({"status": status, "answer": answer}) + "\n").encode())
        if status == 200:
            sent.append((path, body))


def requests(log):
    """What a client sent, and how it was answered; nil where it was killed before."""
    open_request = None
    for line in log.read_text().splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue  # It was killed while it wrote this.
        if "path" in entry:
            if open_request:
                yield (*open_request, None, None)
            open_request = (entry["path"], entry["body"])
        elif open_request:
            yield (*open_request, entry["status"], entry["answer"])
            open_request = None
    if open_request:
        yield (*open_request, None, None)


class Expectation:
    """What has to be there, and what may be there, of one run."""

    def __init__(self):
        self.metrics, self.possible = defaultdict(set), defaultdict(set)
        self.params, self.possible_params = {}, defaultdict(set)
        self.tags, self.unsure_tags, self.possible_tags = {}, defaultdict(set), defaultdict(set)

    def note(self, path, body, status):
        if status not in (None, 200):
            return
        isSure = status == 200
        metrics, params, tags = body.get("metrics", []), body.get("params", []), body.get("tags", [])
        if path == "/runs/log-metric":
            metrics = [body]
        if path == "/runs/log-parameter":
            params = [body]
        if path == "/runs/set-tag":
            tags = [body]
        for value in metrics:
            row = (value["step"], value["timestamp"], str(float(value["value"])))
            (self.metrics if isSure else self.possible)[value["key"]].add(row)
        for param in params:
            if isSure:
                self.params[param["key"]] = param["value"]
            self.possible_params[param["key"]].add(param["value"])
        for tag in tags:
            if isSure:
                self.tags[tag["key"]] = tag["value"]
                # What was not answered may have come after it, when its client was dead already.
                self.possible_tags[tag["key"]] = {tag["value"]} | self.unsure_tags[tag["key"]]
            else:
                self.unsure_tags[tag["key"]].add(tag["value"])
                self.possible_tags[tag["key"]].add(tag["value"])


def order(row):
    value = float(row[2])
    return (row[0], row[1], 0.0 if math.isnan(value) else value, math.isnan(value))


def histories(port, run, keys):
    found = {}
    for key in keys:
        path = f"/metrics/get-history?run_id={run}&metric_key=" + "".join(f"%{byte:02X}" for byte in key.encode())
        rows = [(m["step"], m["timestamp"], str(float(m["value"]))) for m in ask(port, "GET", path)[1].get("metrics", [])]
        if len(rows) != len(set(rows)):
            raise AssertionError(f"{run} has a value of {key!r} twice")
        found[key] = set(rows)
    return found


def compare(port, run, wanted):
    ask(port, "POST", "/runs/restore", {"run_id": run})
    data = ask(port, "GET", f"/runs/get?run_id={run}")[1]["run"]["data"]
    latest = {m["key"]: (m["step"], m["timestamp"], str(float(m["value"]))) for m in data.get("metrics", [])}
    params = {p["key"]: p["value"] for p in data.get("params", [])}
    tags = {t["key"]: t["value"] for t in data.get("tags", []) if re.fullmatch("t[0-9]+", t["key"])}
    kept = histories(port, run, sorted(set(wanted.metrics) | set(wanted.possible) | set(latest)))
    count = 0
    for key, rows in kept.items():
        assert wanted.metrics[key] <= rows, f"{run} lost {sorted(wanted.metrics[key] - rows)[:3]} of {key!r}"
        extra = rows - wanted.metrics[key] - wanted.possible[key]
        assert not extra, f"{run} has {sorted(extra)[:3]} of {key!r}, which nobody sent"
        if rows:
            assert latest[key] == max(rows, key=order), f"{run} calls {latest[key]} the latest of {key!r}"
        count += len(rows)
    for key, value in wanted.params.items():
        assert params.get(key) == value, f"{run} has param {key} = {params.get(key)}, not {value}"
    for key, value in params.items():
        assert value in wanted.possible_params[key], f"{run} has a param {key} = {value}, which nobody sent"
    for key in wanted.tags:
        assert tags.get(key) in wanted.possible_tags[key], f"{run} has tag {key} = {tags.get(key)}"
    return count, kept


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    chance = random.Random(options.seed)
    print(f"seed {options.seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        server = Server(folder / "varve.db")
        try:
            torture(server, folder, options, chance)
        finally:
            if server.process.poll() is None:
                server.kill(signal.SIGTERM)


def torture(server, folder, options, chance):
    def new_run():
        return persist(server.port, "/runs/create", {"experiment_id": "0", "start_time": 1})[1]["run"]["info"]["run_id"]

    shared = new_run()
    runs = [[new_run(), new_run()] for _ in range(options.clients)]
    logs = [folder / f"client {client}.log" for client in range(options.clients)]
    end = time.time() + options.seconds
    context = multiprocessing.get_context("fork")

    def begin(client):
        seed = chance.randrange(2**32)
        process = context.Process(target=work, args=(server.port, client, seed, runs[client], shared, logs[client], end))
        process.start()
        return process

    processes = [begin(client) for client in range(options.clients)]
    kills = {"client": 0, "server": 0}
    while time.time() < end - 1:
        time.sleep(chance.uniform(0.05, 0.5))
        if chance.random() < 0.5:
            client = chance.randrange(options.clients)
            processes[client].kill()
            processes[client].join()
            processes[client] = begin(client)
            kills["client"] += 1
        else:
            server.kill(chance.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGTERM]))
            server.start()
            kills["server"] += 1
    for process in processes:
        process.join(60)
        assert process.exitcode == 0, f"a client ended with {process.exitcode}"
    wanted = defaultdict(Expectation)
    answers = defaultdict(int)
    for log in logs:
        for path, body, status, answer in requests(log) if log.exists() else []:
            answers[status] += 1
            assert status in (None, 200, 400), f"{path} was answered with {status} {answer}"
            if status == 400:
                assert re.search("active|Changing param", answer["message"]), answer
            wanted[body["run_id"]].note(path, body, status)
    total, kept = 0, {}
    for run, expectation in wanted.items():
        count, kept[run] = compare(server.port, run, expectation)
        total += count
    server.kill(signal.SIGTERM)
    faults = json.loads(subprocess.run([VARVE, "--store", str(server.store), "check", "--format", "json"],
                                       capture_output=True, text=True).stdout)
    faults = [fault for fault in faults if fault["kind"] != "untidy"]
    assert not faults, faults
    merged = folder / "merged.db"
    subprocess.run([VARVE, "--store", str(merged), "--quiet", "merge", str(server.store)], check=True, stdout=subprocess.DEVNULL)
    other = Server(merged)
    try:
        for run, rows in kept.items():
            assert histories(other.port, run, rows) == rows, f"the merged store has other values of {run}"
    finally:
        other.kill(signal.SIGTERM)
    print(f"sound: {total} values of {len(wanted)} runs; answers {dict(answers)}; kills {kills}")


if __name__ == "__main__":
    try:
        main()
    except AssertionError as error:
        sys.exit(f"NOT SOUND: {error}")
