"""Numbers at their limits in every column of a store: whatever is asked is answered or refused, by commands and by the server."""

import http.client
import json
import os
import re
import sqlite3
import subprocess

from support import copied, expect, tiny

VALUES = {
    "INTEGER": [-(2**63), 2**63 - 1, -1, 0, 2**31, 2**32, 253402300800000, -62135596800001],
    "REAL": [float("inf"), float("-inf"), -1e308, 1e308, 5e-324, -0.0],
    "TEXT": ["", "9223372036854775808", "-1e999", "{}", "[9223372036854775808]"],
    "ANY": [-(2**63), 2**63 - 1, float("inf"), 1e308, "", b"\xff"],
    "BLOB": [b"", b"\xff" * 8],
}

# What is asked of every store; the last words of some are drawn.
QUESTIONS = [
    ("runs",), ("runs", "--format", "json", "--columns", "all"), ("runs", "--format", "csv", "--columns", "all"),
    ("runs", "duration > 5 OR started < 5 OR metrics.loss > 1 OR max(metrics.loss) < 3", "--sort", "-duration"),
    ("runs", "--deleted"), ("show", "1"), ("show", "3", "--format", "json"), ("show", "4", "--format", "csv"),
    ("history", "residual1"), ("history", "--metric", "loss", "--format", "json"), ("history", "input", "--run", "1"),
    ("history", "input", "--group-by", "day"), ("compare", "plain", "batchnorm"), ("compare", "logged", "plain"),
    ("compare", "plain", "batchnorm", "--detect", "1.05", "--format", "json"), ("compare", "--by", "seed"),
    ("diff", "1", "2"), ("diff", "3", "4", "--format", "json"), ("verify", "--all"), ("dataset", "list"),
    ("dataset", "show", "tiny"), ("dataset", "export", "tiny", "--output", "out.npz"), ("weights", "list", "1"),
    ("weights", "export", "1", "--at", "final", "--output", "out.safetensors"), ("artifacts", "list", "3"),
    ("artifacts", "export", "3", "a/b.txt", "--output", "out.txt"), ("experiment", "list"), ("info",), ("info", "--exact"),
    ("plot", "profile", "--output", "a.svg"), ("plot", "history", "input", "--output", "a.svg"),
    ("plot", "training", "1", "--output", "a.svg"), ("plot", "curves", "loss", "--output", "a.svg"),
    ("plot", "scatter", "width", "loss", "--output", "a.svg"), ("plot", "training", "3", "--output", "a.svg"),
    ("sql", "SELECT * FROM run_list"), ("sql", "SELECT * FROM variances", "--format", "json"), ("check",),
    ("export", "--to", "folder", "--format", "csv"), ("export", "--to", "part.db", "number = 1"), ("backup", "copy.db"),
    ("purge", "--dry-run"), ("run", "--dry-run", "--resume"),
    # And what changes it.
    ("tag", "1", "a=b"), ("note", "3", "x"), ("edit", "3", "--name", "x"), ("delete", "2"), ("purge", "--yes"),
    ("experiment", "create", "e"), ("log",), ("log", "--resume", "3"), ("merge", "clean.db"),
    ("--store", "into.db", "merge", "varve.db"), ("run", "plain", "--dataset", "tiny", "--blocks", "2", "--width", "8"),
    ("check", "--repair"), ("compact",),
]

PAGES = [
    "/", "/?columns=duration,started,max(metrics.loss),variance.input&sort=-duration", "/?group=configuration",
    "/columns", "/runs/1", "/runs/3", "/runs/4", "/compare?group=plain&group=batchnorm", "/curves?name=loss", "/curves?run=3",
    "/diff?a=1&b=2", "/diff?a=3&b=4", "/history?layer=input", "/history?metric=loss&group=day", "/info", "/runs.csv",
    "/sql?query=SELECT+*+FROM+run_list", "/api/v1/runs", "/api/v1/runs?columns=all&limit=2&sort=-started", "/api/v1/runs/1",
    "/api/v1/runs/3", "/api/v1/runs/3/metrics?points=10", "/api/v1/runs/1/variances?points=10", "/api/v1/runs/1/variances",
    "/api/v1/compare?group=plain&group=batchnorm", "/api/v1/history?layer=input", "/api/v1/history?metric=loss",
    "/api/v1/diff?a=1&b=2", "/api/v1/profile", "/api/v1/layers", "/api/v1/keys", "/api/v1/experiments", "/api/v1/datasets",
    "/api/v1/info?exact=true", "/api/v1/runs/1/weights", "/api/v1/runs/3/artifacts", "/api/v1/runs/3/artifacts/a/b.txt",
    "/api/v1/plots/profile.svg", "/api/v1/plots/history.svg?layer=input", "/api/v1/plots/training.svg?run=1",
    "/api/v1/plots/curves.svg?name=loss", "/api/v1/plots/scatter.svg?param=width&metric=loss", "/health",
]

ML = "/api/2.0/mlflow"
REMOTE = [
    ("GET", ML + "/runs/get?run_id={uuid}", None), ("GET", ML + "/experiments/get?experiment_id=0", None),
    ("GET", ML + "/experiments/search?max_results=100", None),
    ("POST", ML + "/runs/search", {"experiment_ids": ["0", "1"], "order_by": ["attributes.start_time DESC", "metrics.loss"]}),
    ("GET", ML + "/metrics/get-history?run_id={uuid}&metric_key=loss", None),
    ("GET", ML + "/metrics/get-history-bulk?run_id={uuid}&metric_key=loss", None),
    ("GET", ML + "/metrics/get-history-bulk-interval?run_ids={uuid}&metric_key=loss&max_results=10", None),
    ("GET", ML + "/artifacts/list?run_id={uuid}", None),
    ("POST", ML + "/logged-models/search", {"experiment_ids": ["0", "1"], "order_by": [{"field_name": "creation_time"}]}),
    ("GET", ML + "/logged-models/m-" + "0" * 32, None),
    ("POST", ML + "/experiments/search-datasets", {"experiment_ids": ["0", "1"]}),
    ("POST", ML + "/runs/log-metric", {"run_id": "{uuid}", "key": "loss", "value": 1, "timestamp": 2**63 - 1, "step": 2**63 - 1}),
    ("POST", ML + "/runs/log-batch", {"run_id": "{uuid}", "metrics": [
        {"key": "loss", "value": 1e308, "timestamp": 0, "step": -(2**63)}, {"key": "m", "value": "NaN", "timestamp": 1, "step": 1}]}),
    ("POST", ML + "/runs/update", {"run_id": "{uuid}", "status": "RUNNING", "end_time": 2**63 - 1}),
    ("POST", ML + "/runs/create", {"experiment_id": "0", "start_time": -(2**63)}),
    ("POST", ML + "/runs/set-tag", {"run_id": "{uuid}", "key": "seed", "value": "9223372036854775808"}),
    ("POST", ML + "/runs/delete", {"run_id": "{uuid}"}), ("POST", ML + "/runs/restore", {"run_id": "{uuid}"}),
]


def prepare(bench):
    """A store in which every table has rows, and another one beside it."""
    folder = bench.fresh("extremes")
    tiny(bench, folder)
    bench.do(
        folder, "run", "plain", "batchnorm", "--dataset", "tiny", "--blocks", "3", "--width", "8", "--batch-size", "40",
        "--steps", "3", "--weights", "both",
    ).done()
    os.makedirs(os.path.join(folder, "a"))
    with open(os.path.join(folder, "a", "b.txt"), "w") as file:
        file.write("text")
    for number in range(3):
        lines = [{"begin": {"architecture": "logged", "seed": number, "experiment": "other", "params": {"width": number}}}]
        lines += [{"step": step, "loss": step + number, "variances": {"input": 1 + step}} for step in range(4)]
        lines += [{"artifact": "a/b.txt"}, {"end": "finished"}]
        lines = [{key: value for key, value in line.items() if value is not None} for line in lines]
        bench.do(folder, "log", input="\n".join(map(json.dumps, lines)).encode())
    bench.do(folder, "tag", "1", "3", "kind=test").done()
    bench.do(folder, "edit", "3", "--name", "old").done()
    bench.do(folder, "delete", "5").done()
    bench.do(folder, "purge", "--yes").done()
    bench.do(folder, "backup", "clean.db").done()
    store = sqlite3.connect(os.path.join(folder, "varve.db"))
    store.executescript(
        "INSERT OR IGNORE INTO experiment_tags VALUES (1, 'k', 'v');"
        "INSERT OR IGNORE INTO run_inputs VALUES (3, 'n', 'd', '{\"dataset\": {}}');"
        "INSERT OR IGNORE INTO tag_removals VALUES (3, 'gone', 1);"
        "INSERT OR IGNORE INTO settings VALUES ('stale_after', 1000);"
        "INSERT OR IGNORE INTO logged_models VALUES ('m-" + "0" * 32 + "', 3, 1, 1, 1, '{\"name\": \"m\"}');"
        "UPDATE runs SET status = 'running', ended = NULL WHERE id = 4;"
        "PRAGMA wal_checkpoint(TRUNCATE);"
    )
    tables = [name for name, in store.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_stat%'")]
    columns = []
    for table in tables:
        count, = store.execute(f"SELECT count(*) FROM {table}").fetchone()
        expect(count > 0, f"the harness left {table} empty")
        columns += [(table, row[1], row[2] or "INTEGER") for row in store.execute(f"PRAGMA table_info({table})")]
    store.close()
    return folder, columns


def change(path, table, column, value, isOne):
    """Puts a value into a column of all rows, or of one; says whether the schema allows it."""
    store = sqlite3.connect(path)
    try:
        store.execute("PRAGMA foreign_keys = OFF")
        where = ""
        if isOne:
            key = [row[1] for row in store.execute(f"PRAGMA table_info({table})") if row[5]] or ["rowid"]
            keys = ", ".join(key)
            where = f" WHERE ({keys}) = (SELECT {keys} FROM {table} ORDER BY {keys} DESC LIMIT 1)"
        store.execute(f"UPDATE OR REPLACE {table} SET {column} = ?{where}", [value])
        store.commit()
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return True
    except (sqlite3.IntegrityError, sqlite3.OperationalError):
        return False
    finally:
        store.close()


def ask(bench, place, name, questions):
    log = b'{"begin": {"architecture": "x"}}\n{"step": 1, "loss": 2}\n{"end": "finished"}\n'
    more = b'{"step": 9, "loss": 2}\n{"end": "finished"}\n'
    for words in questions:
        input = None if words[0] != "log" else more if len(words) > 1 else log
        outcome = bench.do(place, *words, input=input)
        expect(outcome.status in (0, 1, 64, 65, 66, 69, 73, 74), f"{outcome}, with {name}")
        for line in outcome.error.splitlines():
            expect(len(line) <= 520, f"{outcome}: a line of {len(line)} characters, with {name}")


def serve(bench, place, name, questions):
    """Asks a server; it answers everything, and still lives at the end."""
    server = bench.start(place, "serve", "--port", "0")
    try:
        first = server.stdout.readline().decode()
        if not first:
            server.wait(timeout=30)
            error = server.stderr.read().decode()
            expect(server.returncode in (65, 73), f"`varve serve` ended with {server.returncode}: {error}, with {name}")
            return
        port = int(re.search(r"http://127\.0\.0\.1:([0-9]+)", first).group(1))
        uuid = "0" * 32
        for method, path, body in questions:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            path = path.replace("{uuid}", uuid)
            text = json.dumps(body).replace("{uuid}", uuid) if body else None
            headers = {"Content-Type": "application/json"} if body else {"Accept": "text/html"}
            try:
                connection.request(method, path, text, headers)
                response = connection.getresponse()
                content = response.read()
            except OSError as error:
                expect(False, f"{method} {path} was not answered: {error}, with {name}")
            finally:
                connection.close()
            expect(response.status < 600, f"{method} {path} gives {response.status}: {content[:300]}, with {name}")
            if path == "/api/v1/runs" and response.status == 200:
                runs = [run["uuid"] for run in json.loads(content)["runs"] if run["run"] == 3] if content[:1] == b"{" else \
                    [run["uuid"] for run in json.loads(content) if run["run"] == 3]
                uuid = (runs + [uuid])[0] or uuid
        expect(server.poll() is None, f"the server died: {server.poll()}, with {name}")
    finally:
        server.terminate()
        try:
            server.wait(timeout=30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def store(bench):
    folder, columns = prepare(bench)
    trials = 0
    requests = [("GET", path, None) for path in PAGES]
    while bench.hasTime() or trials == 0:
        table, column, type = bench.rng.choice(columns)
        value = bench.rng.choice(VALUES[type])
        place = bench.fresh("extremes-place")
        path = copied(os.path.join(folder, "varve.db"), place)
        copied(os.path.join(folder, "clean.db"), place, "clean.db")
        isOne = bench.rng.random() < 0.5
        if not change(path, table, column, value, isOne):
            continue
        name = f"{table}.{column} = {value!r}" + (" in one row" if isOne else "")
        # What changes the store comes last, each time in another order.
        ask(bench, place, name, bench.rng.sample(QUESTIONS[:43], 6))
        serve(bench, place, name, bench.rng.sample(requests, 8) + bench.rng.sample(REMOTE, 4))
        ask(bench, place, name, bench.rng.sample(QUESTIONS[43:], 3))
        trials += 1
    return f"{trials} stores with a number at its limit were answered from, by commands and by the server"
