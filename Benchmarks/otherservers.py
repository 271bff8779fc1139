"""MLflow's server and TensorBoard's, with as much in them as Varve has beside them."""

import contextlib
import json
import pathlib
import sqlite3
import struct
import subprocess
import sys
import time

from serving import Server, free_port


def are_there():
    """Whether this Python has both."""
    words = "import mlflow.server, tensorboard, google.protobuf"
    return subprocess.run([sys.executable, "-c", words], capture_output=True).returncode == 0


def mlflow(database):
    port = free_port()
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port),
               "--backend-store-uri", f"sqlite:///{database}", "--default-artifact-root", f"{database}-artifacts"]
    return Server(command, "/health", port, cwd=pathlib.Path(database).parent)


def tensorboard(folder, path="/data/environment"):
    port = free_port()
    command = [sys.executable, "-m", "tensorboard.main", "--logdir", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    return Server(command, path, port)


def make_mlflow(database, runs, points):
    """Runs with ten params and three metrics each, and one with a metric of many points."""
    words = (f"from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore as S; "
             f"S('sqlite:///{database}', '{database}-artifacts')")
    subprocess.run([sys.executable, "-c", words], check=True, capture_output=True)
    with sqlite3.connect(database) as store:
        store.execute("PRAGMA synchronous = OFF")

        def fill(table, names, rows):
            store.executemany(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(names.split(',')))})", rows)

        uuids = [f"{number:032x}" for number in range(1, runs + 1)]
        fill("runs", "run_uuid, name, status, start_time, end_time, lifecycle_stage, artifact_uri, experiment_id, user_id",
             ((one, f"run {n}", "FINISHED", 10**12 + n, 10**12 + n + 1, "active", "/none", 0, "me") for n, one in enumerate(uuids)))
        fill("params", "key, value, run_uuid", ((f"p{k}", str(k), one) for one in uuids for k in range(10)))
        fill("latest_metrics", "key, value, timestamp, step, is_nan, run_uuid",
             ((f"m{k}", n % 997 / 997, 10**12, 0, False, one) for n, one in enumerate(uuids) for k in range(3)))
        fill("metrics", "key, value, timestamp, step, is_nan, run_uuid",
             (("loss", step * 7919 % 10007 / 10007, 10**12 + step, step, False, uuids[0]) for step in range(points)))


def make_tensorboard(folder, points):
    """A file of events with a scalar."""
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.summary.writer.record_writer import masked_crc32c

    pathlib.Path(folder).mkdir(parents=True)
    with open(pathlib.Path(folder, "events.out.tfevents.1.here"), "wb") as file:
        for step in range(points):
            event = Event(wall_time=step, step=step)
            event.summary.value.add(tag="loss", simple_value=step * 7919 % 10007 / 10007)
            content = event.SerializeToString()
            length = struct.pack("<Q", len(content))
            file.write(length + struct.pack("<I", masked_crc32c(length)) + content + struct.pack("<I", masked_crc32c(content)))


def seconds_of(ask):
    start = time.perf_counter()
    ask()
    return time.perf_counter() - start


@contextlib.contextmanager
def whoever_answers(name):
    """Goes on where another server does not come up, as on a busy machine."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        print(f"{name} is not measured: {error}", flush=True)


def beside_mlflow(database, figures):
    search = json.dumps({"experiment_ids": ["0"], "max_results": 50}).encode()
    server = mlflow(database)
    interval = f"/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval?run_ids={1:032x}&metric_key=loss&max_results=1000"
    beside = [server.ready, server.memory(), server.rate("/health", 2), seconds_of(lambda: server.get(interval)),
              seconds_of(lambda: server.get("/api/2.0/mlflow/runs/search", search))]
    server.end()
    report("MLflow", figures, beside)


def beside_tensorboard(events, figures):
    scalars = "/data/plugin/scalars/scalars?run=.&tag=loss"
    server = tensorboard(events)
    first = server.ready + seconds_of(lambda: when(server, scalars))
    report("TensorBoard", figures, [server.ready, server.memory(), server.rate("/data/environment", 2), first])
    server.end()


def when(server, path):
    """Waits until something is there."""
    end = time.perf_counter() + 120
    while True:
        try:
            return server.get(path)
        except OSError:
            if time.perf_counter() > end:
                raise
            time.sleep(0.05)


def report(name, figures, beside):
    for (what, figure, unit), other in zip(figures, beside):
        share = other / figure if unit != "/s" else figure / other
        print(f"{what}: Varve {figure:.4g} {unit}, {name} {other:.4g} {unit}: {share:.3g} ×", flush=True)
