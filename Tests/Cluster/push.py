"""Many stores that are pushed to one server at once, while the server is killed, those who push are killed, and the network
stalls and breaks off. In the end the server has what the stores have, row by row, each once.

    python3 Tests/Cluster/push.py VARVE [STORES] [SECONDS] [SEED]

Needs curl. It takes about a minute.
"""

import os
import pathlib
import random
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time


class Server:
    """A server that is killed and begun again, always at the same port."""

    def __init__(self, varve, folder, port):
        self.varve, self.folder, self.port = varve, folder, port
        self.log = open(folder / "server.log", "ab")
        self.kills = 0
        self.begin()

    def begin(self):
        words = ["--store", "all.db", "serve", "--port", str(self.port), "--token-file", "token"]
        for _ in range(100):
            self.process = subprocess.Popen(
                [self.varve, *words], cwd=self.folder, stdout=subprocess.PIPE, stderr=self.log
            )
            if self.process.stdout.readline().startswith(b"Varve is at"):
                return
            time.sleep(0.1)
        raise SystemExit("the server does not begin")

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.kills += 1

    def end(self):
        self.process.terminate()
        self.process.wait(10)


class Network:
    """Passes connections on to the server; some are cut off at a random byte, and some stall."""

    def __init__(self, target, chance):
        self.target, self.chance = target, chance
        self.cuts = self.stalls = 0
        self.lock = threading.Lock()
        self.isGood = False
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(256)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        try:
            server = socket.create_connection(("127.0.0.1", self.target), 5)
        except OSError:
            client.close()
            return
        with self.lock:
            fate = 1.0 if self.isGood else self.chance.random()
            # Most of what is sent is shorter than this, both ways.
            limit = self.chance.randrange(1, 200_000) if fate < 0.3 else None
            stalls = fate < 0.1
            if limit is not None:
                self.stalls, self.cuts = self.stalls + stalls, self.cuts + (not stalls)
        for source, drain in ((client, server), (server, client)):
            threading.Thread(target=self.pump, args=(source, drain, limit, stalls), daemon=True).start()

    def pump(self, source, drain, limit, stalls):
        passed = 0
        try:
            while block := source.recv(16_384):
                passed += len(block)
                if limit is not None and passed > limit:
                    drain.sendall(block[: max(0, len(block) - (passed - limit))])
                    if stalls:
                        time.sleep(8)
                    break
                drain.sendall(block)
        except OSError:
            pass
        for end in (source, drain):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def make_stores(varve, folder, count):
    """Stores of every kind; some have more than goes into one small store."""
    processes = []
    for index in range(count):
        store = f"node{index}.db"
        if index % 10 == 9:
            lines = "".join(
                f'{{"step": {step}, "metrics": {{"loss": {step / 7}}}, "variances": {{"a": {step}, "b": "NaN", "c": {index}}}}}\n'
                for step in range(20_000 if index == 9 else 2000)
            )
            process = subprocess.Popen(
                [varve, "--store", store, "log", "--quiet"], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
            )
            process.stdin.write((lines + '{"end": "finished"}\n').encode())
            process.stdin.close()
        else:
            words = ["run", "plain", "batchnorm", "--seed", str(index), "--steps", "25", "--jobs", "1", "--quiet"]
            words += ["--weights", "final" if index % 7 == 0 else "none"]
            process = subprocess.Popen([varve, "--store", store, *words], cwd=folder, stdout=subprocess.DEVNULL)
        processes.append(process)
        if len(processes) == 4:
            assert processes.pop(0).wait() == 0
    assert all(process.wait() == 0 for process in processes)


class Pushing:
    """One store that is pushed until that has been done once to its end."""

    def __init__(self, varve, folder, index, port):
        self.store = f"node{index}.db"
        self.command = [varve, "push", self.store, f"http://127.0.0.1:{port}", "--token-file", "token", "--timeout", "4"]
        self.folder, self.attempts, self.process, self.isDone = folder, 0, None, False

    def look(self):
        """Begins it, or again where it ended without success."""
        if self.isDone or self.process and self.process.poll() is None:
            return
        if self.process and self.process.returncode == 0:
            self.isDone = True
            return
        if self.process and self.process.returncode not in (69, -signal.SIGKILL):
            raise SystemExit(f"{self.store}: status {self.process.returncode}: {self.process.stderr.read().decode()}")
        self.attempts += 1
        self.process = subprocess.Popen(
            self.command, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
        )

    def kill(self):
        if self.process and self.process.poll() is None:
            # With its curl, as the end of a job does it.
            os.killpg(self.process.pid, signal.SIGKILL)


CONTENT = """
SELECT uuid, status, steps, last_step, architecture, seed, configuration, variances_checksum, metrics_checksum, run_checksum,
    (SELECT group_concat(line) FROM (SELECT step || ' ' || name || ' ' || coalesce(variance, 'NaN') AS line
        FROM layer_variances JOIN layers ON layers.id = layer_id WHERE run_id = runs.id ORDER BY step, name)),
    (SELECT group_concat(line) FROM (SELECT key || ' ' || step || ' ' || timestamp || ' ' || value || ' ' || is_nan AS line
        FROM metrics JOIN metric_keys ON metric_keys.id = key_id WHERE run_id = runs.id ORDER BY key, step, timestamp)),
    (SELECT group_concat(stage || position || digest) FROM tensors WHERE run_id = runs.id),
    (SELECT group_concat(key || typeof(value) || value) FROM params WHERE run_id = runs.id)
FROM runs ORDER BY uuid
"""


def content(path):
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    rows = {row[0]: row for row in connection.execute(CONTENT)}
    connection.close()
    return rows


def main(varve, count=100, seconds=12, seed=None):
    seed = seed if seed is not None else random.randrange(1 << 30)
    chance = random.Random(seed)
    print(f"push: {count} stores, {seconds} s of trouble, seed {seed}", flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        make_stores(varve, folder, count)
        subprocess.run([varve, "serve", "--new-token", "token"], cwd=folder, check=True)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        server = Server(varve, folder, port)
        network = Network(port, random.Random(seed))
        pushes = [Pushing(varve, folder, index, network.port) for index in range(count)]
        # A run that goes on meanwhile, and is followed.
        live = subprocess.Popen([varve, "--store", "live.db", "log", "--quiet"], cwd=folder, stdin=subprocess.PIPE)
        live.stdin.write(b'{"step": 0, "metrics": {"loss": 1}, "variances": {"a": 1}}\n')
        live.stdin.flush()
        while not (folder / "live.db").exists() or not content(folder / "live.db"):
            time.sleep(0.1)
        follow = subprocess.Popen(
            [varve, "push", "--follow", "live.db", f"http://127.0.0.1:{network.port}", "--token-file", "token",
             "--timeout", "4", "--quiet"],
            cwd=folder, stdout=subprocess.DEVNULL,
        )
        clientKills, step, begin = 0, 0, time.monotonic()
        serverKill = begin + 1
        while time.monotonic() < begin + seconds or not all(push.isDone for push in pushes):
            for push in pushes:
                push.look()
            inTrouble = time.monotonic() < begin + seconds
            if inTrouble and time.monotonic() > serverKill:
                server.kill()
                server.begin()
                serverKill = time.monotonic() + chance.uniform(0.5, 2.5)
            if inTrouble and chance.random() < 0.5:
                chance.choice(pushes).kill()
                clientKills += 1
            network.isGood = not inTrouble
            step += 1
            live.stdin.write(f'{{"step": {step}, "metrics": {{"loss": {step}}}, "variances": {{"a": {step}}}}}\n'.encode())
            live.stdin.flush()
            if time.monotonic() > begin + seconds + 90:
                raise SystemExit(f"not done: {[push.store for push in pushes if not push.isDone]}")
            time.sleep(0.1)
        live.stdin.write(b'{"end": "finished"}\n')
        live.stdin.close()
        assert live.wait() == 0
        assert follow.wait(60) == 0, "the push that follows"
        took = time.monotonic() - begin
        # Once more, all at a time: nothing is new.
        names = [push.store for push in pushes] + ["live.db"]
        again = subprocess.run(
            [varve, "push", *names, f"http://127.0.0.1:{port}", "--token-file", "token"],
            cwd=folder, check=True, stdout=subprocess.PIPE, text=True,
        ).stdout
        assert all(re.fullmatch(r".*: \d+ present", line) for line in again.splitlines()), again
        server.end()
        wanted = {}
        for store in names:
            wanted.update(content(folder / store))
        found = content(folder / "all.db")
        assert found.keys() == wanted.keys(), f"{len(found)} runs, not {len(wanted)}"
        for uuid, row in wanted.items():
            assert found[uuid] == row, f"run {uuid} is not what it was"
        subprocess.run([varve, "--store", "all.db", "check", "--quiet"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        statuses = re.findall(rb"^\w+ /\S+ (\d+)$", (folder / "server.log").read_bytes(), re.MULTILINE)
        assert not {status for status in statuses if status >= b"500" and status != b"503"}, statuses
        left = [path.name for path in folder.iterdir() if path.name.startswith(".varve-")]
        print(
            f"push: {len(found)} runs are there row by row after {took:.0f} s: server killed {server.kills} times, pushes "
            f"{clientKills} times, connections cut off {network.cuts} times and stalled {network.stalls} times, "
            f"{sum(push.attempts for push in pushes)} attempts, {len(left)} files left behind by kills"
        )


if __name__ == "__main__":
    words = sys.argv[1:]
    main(os.path.abspath(words[0]), *(int(word) for word in words[1:4]))
