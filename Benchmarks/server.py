"""Measures `varve serve`: how fast it is there, what it holds, and how fast it answers.

    python3 Benchmarks/server.py [SECONDS]

Needs the optimised build (`make build`, then `swift build -c release --static-swift-stdlib --product varve-bench`) and wrk
(Debian's package of that name). The targets are those of the design; each line says whether it is met.
"""

import json
import os
import pathlib
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
BUILD = pathlib.Path(os.environ.get("VARVE_BUILD", HERE.parent / ".build/release"))
VARVE = str(BUILD / "varve")


class Server:
    """A server of a store on a free port."""

    def __init__(self, store):
        start = time.perf_counter()
        self.process = subprocess.Popen(
            [VARVE, "--store", store, "serve", "--port", "0"], stdout=subprocess.PIPE, text=True)
        self.address = re.search(r"http://\S+", self.process.stdout.readline()).group(0)
        self.get("/health")
        self.ready = time.perf_counter() - start

    def get(self, path):
        with urllib.request.urlopen(self.address + path, timeout=60) as answer:
            return answer.read()

    def seconds(self, path):
        start = time.perf_counter()
        size = len(self.get(path))
        return time.perf_counter() - start, size

    def memory(self):
        """What it holds now, in MiB."""
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", text).group(1)) / 1024

    def cpu(self):
        """Seconds of processors used so far."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def end(self):
        start = time.perf_counter()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(10)
        return time.perf_counter() - start


def tell(name, figure, unit, target, isMet):
    print(f"{name}: {figure:.4g} {unit} (target {target}: {'met' if isMet else 'NOT MET'})", flush=True)


def log(store, lines):
    subprocess.run([VARVE, "--store", store, "--quiet", "log"], input="\n".join(lines), text=True, check=True,
                   stdout=subprocess.DEVNULL)


def small(folder, seconds):
    store = f"{folder}/small.db"
    subprocess.run([VARVE, "--store", store, "run", "plain", "batchnorm", "--seeds", "0-4", "--weights", "none"],
                   check=True, stdout=subprocess.DEVNULL)
    times = []
    for _ in range(5):
        server = Server(store)
        times.append(server.ready)
        server.end()
    server = Server(store)
    tell("ready to answer", statistics.median(times), "s", "0.1 s", statistics.median(times) <= 0.1)
    time.sleep(1)
    tell("idle memory", server.memory(), "MiB", "64 MiB", server.memory() <= 64)
    for path, target in [("/health", 20_000), ("/api/v1/runs/1", None)]:
        output = subprocess.run(["wrk", "-t2", "-c64", f"-d{seconds}s", server.address + path], text=True, check=True,
                                stdout=subprocess.PIPE).stdout
        rate = float(re.search(r"Requests/sec:\s+([\d.]+)", output).group(1))
        if target:
            tell(f"GET {path}, 64 connections", rate, "/s", f"{target}/s", rate >= target)
        else:
            print(f"GET {path}, 64 connections: {rate:.4g} /s", flush=True)
    watch(server, store, seconds)
    tell("end after SIGTERM", end := server.end(), "s", "2 s", end <= 2)


def watch(server, store, seconds, streams=200):
    """Many pages watch while a run is recorded, 20 updates a second."""
    def follow():
        try:
            with urllib.request.urlopen(server.address + "/api/v1/events", timeout=seconds + 20) as answer:
                while answer.read1(65536):
                    pass
        except OSError:
            pass

    for _ in range(streams):
        threading.Thread(target=follow, daemon=True).start()
    time.sleep(2)
    recorder = subprocess.Popen([VARVE, "--store", store, "--quiet", "log"], stdin=subprocess.PIPE, text=True,
                                stdout=subprocess.DEVNULL)
    before, start = server.cpu(), time.perf_counter()
    for step in range(20 * seconds):
        recorder.stdin.write(json.dumps({"step": step, "metrics": {"loss": 1 / (step + 1)}}) + "\n")
        recorder.stdin.flush()
        time.sleep(1 / 20)
    share = (server.cpu() - before) / (time.perf_counter() - start)
    recorder.stdin.close()
    recorder.wait()
    tell(f"{streams} streams, 20 updates/s", share, "cores", "0.5 cores", share < 0.5)


def large(folder):
    store = f"{folder}/long.db"
    lines = [json.dumps({"step": step, "metrics": {"loss": (step * 7919 % 10007) / 10007}}) for step in range(1_000_000)]
    log(store, lines + ["{\"end\": \"finished\"}"])
    server = Server(store)
    for name, path in [("metric of 10^6 points as JSON", "/api/v1/runs/1/metrics?key=loss&points=2000"),
                       ("the same as a picture", "/api/v1/plots/training.svg?run=1&metric=loss&width=1600")]:
        first, size = server.seconds(path)
        again, _ = server.seconds(path)
        zoomed, _ = server.seconds(path + "&from=400000&to=500000")
        tell(f"{name}, first", first, "s", "0.3 s", first <= 0.3)
        tell(f"{name}, again", again, "s", "0.1 s", again <= 0.1)
        tell(f"{name}, zoomed", zoomed, "s", "0.1 s", zoomed <= 0.1)
        tell(f"{name}, size", size / 1000, "KB", "100 KB", size <= 100_000)
    server.end()


def many(folder):
    store = f"{folder}/many.db"
    subprocess.run([str(BUILD / "varve-bench"), "store", store, "100000", "1"], check=True, stdout=subprocess.DEVNULL)
    server = Server(store)
    tell("ready with 10^5 runs", server.ready, "s", "0.1 s", server.ready <= 0.1)
    for path in ["/api/v1/runs?limit=50", "/api/v1/runs?limit=50&sort=-metrics.loss", "/?", "/api/v1/runs?limit=50&filter=seed+%3D+7"]:
        first, size = server.seconds(path)
        print(f"GET {path} of 10^5 runs: {first:.4g} s, {size / 1000:.4g} KB", flush=True)
    tell("memory with 10^5 runs", server.memory(), "MiB", "64 MiB", server.memory() <= 64)
    server.end()


if __name__ == "__main__":
    os.environ.pop("VARVE_STORE", None)
    duration = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as place:
        small(place, duration)
        large(place)
        many(place)
