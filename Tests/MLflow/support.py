"""A server of a store of its own, for tests with MLflow's client."""
import json
import os
import re
import signal
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request
from pathlib import Path

VARVE = os.environ["VARVE"]
# What the client does not need here, and would tell others of.
os.environ.update(
    MLFLOW_DISABLE_TELEMETRY="true",
    MLFLOW_HTTP_REQUEST_MAX_RETRIES="3",
    MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR="false",
    GIT_PYTHON_REFRESH="quiet",
)

import mlflow  # noqa: E402


class Server:
    """`varve serve` of a store; it can be killed and begun again at the same port."""

    def __init__(self, store, *options):
        self.store = str(store)
        self.options = options
        self.port = 0
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [VARVE, "--store", self.store, "serve", "--port", str(self.port), *self.options],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        line = self.process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
        if not found:
            raise RuntimeError(f"varve serve said: {line!r}")
        self.port = int(found[1])
        self.uri = f"http://127.0.0.1:{self.port}"

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=10)
        self.process.stdout.close()

    def varve(self, *arguments):
        """What a command of Varve answers about the store, as JSON."""
        done = subprocess.run(
            [VARVE, "--store", self.store, *arguments, "--format", "json"], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(done.stderr)
        return json.loads(done.stdout)

    def send(self, method, path, body=None, headers=()):
        """Status and answer of one request, without the client."""
        data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
        request = urllib.request.Request(self.uri + path, data, method=method)
        if data is not None:
            request.add_header("Content-Type", "application/json")
        for name, value in dict(headers).items():
            request.add_header(name, value)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    def post(self, path, body):
        status, answer = self.send("POST", "/api/2.0/mlflow" + path, body)
        return status, json.loads(answer)

    def get(self, path):
        status, answer = self.send("GET", path)
        return status, json.loads(answer)


class MLflowTest(unittest.TestCase):
    """A test with a server and a client of it."""

    options = ()

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="varve-mlflow-")
        self.addCleanup(self.folder.cleanup)
        self.path = Path(self.folder.name)
        self.server = Server(self.path / "varve.db", *self.options)
        self.addCleanup(self.server.stop)
        mlflow.set_tracking_uri(self.server.uri)
        self.client = mlflow.MlflowClient(self.server.uri)
        # The client keeps what an earlier test chose.
        mlflow.set_experiment(experiment_id="0")
        self.addCleanup(self.end_runs)

    @staticmethod
    def end_runs():
        while mlflow.active_run():
            mlflow.end_run()

    def new_run(self, **options):
        return self.client.create_run("0", **options).info.run_id

    def data(self, run):
        return self.client.get_run(run).data

    def assert_sound(self):
        self.assertEqual([f for f in self.server.varve("check") if f["kind"] != "untidy"], [])

    def assert_refused(self, answer, status, code, *words):
        self.assertEqual(answer[0], status, answer)
        self.assertEqual(answer[1]["error_code"], code)
        for word in words:
            self.assertIn(word, answer[1]["message"])


def until(condition, seconds=20):
    """Waits for something that other processes do."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("it did not happen in time")
        time.sleep(0.05)
