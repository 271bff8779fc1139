"""Trainings that are killed at random moments, they or their child `varve log` or both, while others lock the store.

    VARVE_BIN=FILE PYTHONPATH=Python/src python3 Python/tests/torture.py [KILLS] [SEED]

Each writes down, outside of the store, what it has handed over. Afterwards the store is held against that: what the package
promises to be there is there, nothing is there that was not logged, no step is missing in between, and no run is left
running. Needs torch.
"""

import collections
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
import warnings

PROGRAM = """
import json, os, sys, time, warnings
import varve

pause, with_model, acknowledged, said = float(sys.argv[1]), sys.argv[2] == "model", sys.argv[3], sys.argv[4]
deadline = time.monotonic() + 600
with warnings.catch_warnings(record=True) as warned:
    warnings.simplefilter("always")
    run = varve.run("torture", name=sys.argv[5], seed=1, params={"pause": pause})
    if with_model:
        import torch
        torch.set_num_threads(1)
        model = torch.nn.Sequential(torch.nn.Linear(8, 8), torch.nn.ReLU(), torch.nn.Linear(8, 2))
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
        run.watch(model)
    file = os.open(acknowledged, os.O_WRONLY | os.O_CREAT)
    print(run._transport._child.pid, flush=True)
    step = 0
    while run.is_recording and time.monotonic() < deadline:
        if with_model:
            optimizer.zero_grad()
            model(torch.randn(4, 8)).square().mean().backward()
            optimizer.step()
        run.log({"loss": step * 0.5, "other": -step}, step=step)
        # What was handed over, and what still waits behind a full pipe.
        os.pwrite(file, b"%12d %1d %.6f" % (step, run._transport._queued > 0, time.time()), 0)
        step += 1
        if pause:
            time.sleep(pause)
    run.finish()
    with open(said, "w") as target:
        json.dump([str(item.message) for item in warned], target)
"""


class Killed:
    """One training, and how it is killed."""

    def __init__(self, folder, number, chance):
        self.name = f"run {number}"
        self.files = [os.path.join(folder, f"{number}.{kind}") for kind in ("acknowledged", "said")]
        self.has_model = chance.random() < 0.2
        self.whom = chance.choice(["training", "training", "child", "both", "child first"])
        self.after = chance.choice([0.0, chance.uniform(0, 0.1), chance.uniform(0, 3)])
        pause = chance.choice([0, 0, 0.0002, 0.01])
        command = [sys.executable, "-c", textwrap.dedent(PROGRAM), str(pause), "model" if self.has_model else "numbers"]
        self.process = subprocess.Popen([*command, *self.files, self.name], stdout=subprocess.PIPE)
        self.status = None

    def kill(self):
        child = int(self.process.stdout.readline())
        time.sleep(self.after)
        victims = {"training": [self.process.pid], "child": [child], "both": [self.process.pid, child]}
        for victim in victims.get(self.whom, [child, self.process.pid]):
            os.kill(victim, signal.SIGKILL)
        self.status = self.process.wait(600)

    def acknowledged(self):
        try:
            with open(self.files[0]) as file:
                words = file.read().split()
        except FileNotFoundError:
            return None
        return (int(words[0]), words[1] == "1") if len(words) == 3 else None

    def said(self):
        with open(self.files[1]) as file:
            return json.load(file)


def steps_of(connection, number):
    """The steps of a metric, and those of the layers."""
    losses = connection.execute("SELECT step, value FROM run_metrics WHERE run = ? AND key = 'loss'", [number]).fetchall()
    others = connection.execute("SELECT step, value FROM run_metrics WHERE run = ? AND key = 'other'", [number]).fetchall()
    layers = connection.execute("SELECT step, count(*) FROM variances WHERE run = ? GROUP BY step", [number]).fetchall()
    assert sorted(losses) == [(step, step * 0.5) for step in range(len(losses))], "steps are missing or wrong"
    # A line is recorded whole.
    assert sorted(others) == [(step, -step) for step in range(len(losses))], "a line is there in part"
    assert sorted(layers) == [(step, 2) for step in range(len(layers))], "layers are missing"
    return len(losses), len(layers)


def judge(killed, connection):
    """Hold what the store has against what was handed over."""
    row = connection.execute("SELECT id, status FROM runs WHERE name = ?", [killed.name]).fetchone()
    acknowledged = killed.acknowledged()
    if row is None:
        assert killed.whom != "training" or acknowledged is None, "no run, although something was handed over"
        return 0
    number, status = row
    assert status == "killed", f"the run is {status}"
    count, layers = steps_of(connection, number)
    step, waits = acknowledged or (-1, False)
    if killed.whom == "training":
        assert count > step or waits, f"steps up to {step} were handed over, {count} are there"
        assert count <= step + 2, f"{count} steps, of which {step + 1} were handed over"
        assert not killed.has_model or layers >= count, "a step whose update was done has no layers"
    elif killed.whom == "child":
        assert killed.status == 0, "the training was harmed"
        said = killed.said()
        assert len(said) == 1 and "was killed by signal 9" in said[0], said
        last = max(count, layers) - 1
        assert (f"steps up to {last} of run {number};" if last >= 0 else "no step of run") in said[0], (said, last)
    return count


def lock_at_times(path, chance, is_over):
    """Hold the store, as a merge or a backup does."""
    while not is_over.wait(chance.uniform(0.2, 4)):
        connection = sqlite3.connect(path, isolation_level=None, timeout=60)
        connection.execute("BEGIN IMMEDIATE")
        is_over.wait(chance.choice([0.05, 0.5, 2]))
        connection.execute("ROLLBACK")
        connection.close()


def main(kills=100, seed=None):
    """Kill so many trainings, two at a time."""
    seed = random.randrange(1 << 30) if seed is None else seed
    chance = random.Random(seed)
    print(f"torture: {kills} kills, seed {seed}", flush=True)
    from varve import _binary

    with tempfile.TemporaryDirectory() as folder:
        path = os.environ["VARVE_STORE"] = os.path.join(folder, "varve.db")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import varve

            varve.run(name="first").finish()
        is_over = threading.Event()
        locker = threading.Thread(target=lock_at_times, args=(path, random.Random(seed + 1), is_over))
        locker.start()
        all_killed: list[Killed] = []
        try:
            while len(all_killed) < kills:
                pair = [Killed(folder, len(all_killed) + index, chance) for index in range(min(2, kills - len(all_killed)))]
                threads = [threading.Thread(target=killed.kill) for killed in pair]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
                all_killed += pair
        finally:
            is_over.set()
            locker.join()
        # A child goes on by itself until all that it was handed is in the store.
        deadline = time.monotonic() + 120
        while any(run["status"] == "running" for run in _binary.ask_json(["runs", "--columns", "number,status"], path)):
            assert time.monotonic() < deadline, "runs are left running"
            time.sleep(0.1)
        # Runs whose process has died are marked by the next who writes.
        _binary.ask(["tag", "1", "done=yes"], path)
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
            faults, steps = [], 0
            for killed in all_killed:
                try:
                    steps += judge(killed, connection)
                except AssertionError as fault:
                    faults.append(f"{killed.name} ({killed.whom} after {killed.after:.3f} s): {fault}")
        _binary.ask(["check"], path)
        print("\n".join(faults), file=sys.stderr)
        ways = collections.Counter(killed.whom for killed in all_killed)
        print(f"torture: {len(all_killed)} kills ({dict(ways)}), {steps} steps are there, {len(faults)} faults")
        return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*(int(word) for word in sys.argv[1:3])))
