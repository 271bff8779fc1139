"""SIGKILL at random moments: what was finished is whole, what was not shows as killed, nothing half is left."""

import itertools
import json
import os
import subprocess

import mlflow
from support import TINY, byKey, byUUID, copied, examined, expect, reader, seconds, tiny


def kill(bench):
    """Kills commands that write, in turn, and returns what was done."""
    trials = [
        Sweep(bench, "short", ["plain", "batchnorm", *TINY, "--seeds", "0-149", "--steps", "5", "--weights", "both"]),
        Sweep(bench, "long", ["branchnorm", *TINY, "--seeds", "0-5", "--steps", "900", "--record-every", "7"]),
        Sweep(bench, "large", ["plain", "layernorm", "--seeds", "0-7", "--steps", "2", "--dataset", "tiny", "--batch-size", "40"]),
        Log(bench),
        Merge(bench),
        Import(bench),
        Purge(bench),
        Compact(bench),
        Backup(bench),
        Export(bench),
    ]
    # Recording is what most of the time goes into.
    order = itertools.cycle([0, 1, 3, 0, 2, 4, 3, 0, 5, 1, 6, 3, 0, 7, 2, 8, 3, 1, 9])
    kills = dict.fromkeys(trials, 0)
    done = dict.fromkeys(trials, 0)
    while bench.hasTime():
        trial = trials[next(order)]
        if trial.once():
            kills[trial] += 1
        else:
            done[trial] += 1
    told = ", ".join(f"{trial.name} {kills[trial]}" for trial in trials)
    return f"{sum(kills.values())} kills ({told}), {sum(done.values())} that were done before"


def verified(bench, folder, runs):
    """Executes some finished runs again."""
    finished = [str(run.number) for run in runs if run.status == "finished"]
    if finished:
        sample = sorted(bench.rng.sample(finished, min(2, len(finished))))
        bench.do(folder, "verify", *sample).done()


class Sweep:
    """A sweep that is resumed after every kill, until it is done and another one begins."""

    def __init__(self, bench, name, arguments):
        self.bench, self.name = bench, name
        self.arguments = ["run", *arguments, "--resume"]
        whole = bench.fresh(f"{name}-whole")
        tiny(bench, whole)
        self.time = seconds(lambda: bench.do(whole, *self.arguments).done())
        self.reference = byKey(examined(os.path.join(whole, "varve.db"), whole))
        self.folder = None

    def once(self):
        if self.folder is None:
            self.folder = self.bench.fresh(self.name)
            tiny(self.bench, self.folder)
            self.seen = {}
        store = os.path.join(self.folder, "varve.db")
        process = self.bench.start(self.folder, *self.arguments)
        wait = self.bench.rng.uniform(0, 0.7) * self.time
        isLooking = self.bench.rng.random() < 0.5
        outcome = self.look(process, wait) if isLooking else self.bench.killAfter(process, wait, self.arguments)
        found = examined(store, self.folder)
        finished = byKey(found)
        for key, content in finished.items():
            expect(content == self.reference.get(key), f"{self.name}: the run {key} differs from one not disturbed")
        lost = [key for key in self.seen if key not in finished]
        expect(not lost, f"{self.name}: runs that were seen finished are lost: {lost[:5]}")
        self.seen = finished
        if outcome.status == 0:
            expect(finished.keys() == self.reference.keys(), f"{self.name}: {len(finished)} runs of a sweep that is done")
        # What began and did not end: no more than one on each thread, and shown as killed.
        shown = self.bench.shown(self.folder)
        statuses = {run["status"] for run in shown}
        expect(statuses <= {"finished", "killed"}, f"{self.name}: runs of a process that was killed show as {statuses}")
        expect(len(shown) == len(found), f"{self.name}: {len(shown)} of {len(found)} runs are shown")
        self.bench.sound(self.folder)
        if self.bench.rng.random() < 0.2:
            verified(self.bench, self.folder, found)
        if outcome.status == 0:
            self.folder = None
        else:
            expect(outcome.status == -9, str(outcome))
        return outcome.status != 0

    def look(self, process, wait):
        """Waits, notes the runs that another process then sees as finished, and kills."""
        try:
            process.wait(timeout=wait)
        except subprocess.TimeoutExpired:
            connection = reader(os.path.join(self.folder, "varve.db"))
            self.seen |= dict.fromkeys(
                connection.execute("SELECT architecture, seed FROM runs WHERE status = 'finished'").fetchall()
            )
            # The writer goes first: the last one to close a store tidies it up.
            outcome = self.bench.killAfter(process, 0, self.arguments)
            connection.close()
            return outcome
        return self.bench.finish(process, self.arguments)


class Log:
    """A stream of JSON Lines, read as fast as it can be."""

    name = "log"

    def __init__(self, bench):
        self.bench = bench
        self.number = 0
        self.variances, self.metrics, lines = [], [], []
        for step in range(6000):
            for layer in range(3):
                variance = step + layer / 4
                lines.append({"step": step, "layer": f"layer{layer}", "variance": variance})
                self.variances.append((step, f"layer{layer}", "unknown", variance))
            lines.append({"step": step, "metric": "loss", "value": 1 / (step + 1)})
            self.metrics.append(("loss", step, 1 / (step + 1), 0))
        lines.append({"end": "finished"})
        self.lines = bench.path("lines")
        with open(self.lines, "w") as file:
            file.writelines(json.dumps(line) + "\n" for line in lines)
        self.time = seconds(lambda: self.stream(60).done())

    def stream(self, wait):
        # Not too many in one store, as all of them are looked at each time.
        if self.number % 25 == 0:
            self.folder = self.bench.fresh("log")
        self.number += 1
        arguments = ["log", "--name", f"stream {self.number}"]
        with open(self.lines) as lines:
            process = self.bench.start(self.folder, *arguments, stdin=lines)
            return self.bench.killAfter(process, wait, arguments)

    def once(self):
        outcome = self.stream(self.bench.rng.uniform(0, 1.1) * self.time)
        expect(outcome.status in (0, -9), str(outcome))
        shown = self.bench.shown(self.folder)
        expect(all(run["status"] in ("finished", "killed") for run in shown), "a log that was killed shows as running")
        found = examined(os.path.join(self.folder, "varve.db"), self.folder)
        for run in found:
            (_, last), rows = run.ended[:2], run.variances
            expect(rows == self.variances[: len(rows)], f"log: {run.name} is not what the stream began with")
            # Rows and values of a step come in one transaction with those before them.
            expect(run.metrics == self.metrics[: len(run.metrics)], f"log: metrics of {run.name} differ")
            expect(last == (rows[-1][0] if rows else None), f"log: the last step of {run.name} is said to be {last}")
            if run.status == "finished":
                expect(len(rows) == len(self.variances), f"log: {run.name} is finished with {len(rows)} variances")
                expect(len(run.metrics) == len(self.metrics), f"log: {run.name} is finished without some metrics")
        if outcome.status == 0:
            reported = [run for run in found if run.name == f"stream {self.number}"]
            expect([run.status for run in reported] == ["finished"], "log: a run that was reported is not there")
        self.bench.sound(self.folder)
        return outcome.status != 0


class WholeOrNot:
    """A command that does all of its work in one transaction, or in one file that is there or not."""

    arguments = []

    def __init__(self, bench):
        self.bench = bench
        self.source = bench.fresh(f"{self.name}-source")
        self.prepare()
        folder = self.begin()
        self.time = seconds(lambda: bench.do(folder, *self.arguments).done())
        self.whole = self.content(folder)

    def begin(self):
        """A folder in which the command has not been executed yet."""
        folder = self.bench.fresh(self.name)
        copied(os.path.join(self.source, "varve.db"), folder)
        self.before = self.content(folder)
        return folder

    def content(self, folder):
        return byUUID(examined(os.path.join(folder, "varve.db"), folder))

    def once(self):
        folder = self.begin()
        outcome = self.bench.killAfter(
            self.bench.start(folder, *self.arguments), self.bench.rng.uniform(0, 1.1) * self.time, self.arguments
        )
        expect(outcome.status in (0, -9), str(outcome))
        self.check(folder, outcome)
        self.bench.sound(folder)
        return outcome.status != 0

    def check(self, folder, outcome):
        found = self.content(folder)
        isReported = outcome.status == 0 or bool(outcome.output)
        expect(found in ([self.whole] if isReported else [self.before, self.whole]), f"{self.name}: half of it is there")
        # Going on ends with what one that was not disturbed leaves.
        self.bench.do(folder, *self.arguments).done()
        expect(self.content(folder) == self.whole, f"{self.name}: going on ends with something else")


class Merge(WholeOrNot):
    name = "merge"

    def prepare(self):
        folder = self.source
        for store, seeds in [("varve.db", "0-9"), ("other.db", "5-99")]:
            tiny(self.bench, folder, store)
            self.bench.do(
                folder, "--store", store, "run", "plain", *TINY, "--seeds", seeds, "--steps", "40", "--weights", "both"
            ).done()
        self.arguments = ["merge", os.path.join(folder, "other.db"), "--format", "csv"]

    def check(self, folder, outcome):
        if outcome.output.count("\n") < 2:
            # The head of the table is no report.
            outcome.output = ""
        super().check(folder, outcome)


class Import(WholeOrNot):
    name = "import"

    def prepare(self):
        tiny(self.bench, self.source)
        path = os.path.join(self.source, "mlflow.db")
        mlflow.make(path, runs=40, steps=60)
        self.arguments = ["import", "mlflow", path, "--layer-pattern", "{layer}.variance"]


class Compact(WholeOrNot):
    name = "compact"
    arguments = ["compact"]

    def prepare(self):
        halfDeleted(self.bench, self.source)
        self.bench.do(self.source, "purge", "--yes").done()


class Backup(WholeOrNot):
    """A file that is complete or not there."""

    name = "backup"
    arguments = ["backup", "copy.db", "--force"]

    def prepare(self):
        halfDeleted(self.bench, self.source)

    def check(self, folder, outcome):
        copy = os.path.join(folder, "copy.db")
        if os.path.exists(copy):
            expect(byUUID(examined(copy, folder)) == self.before, f"{self.name}: the file is there and not whole")
            self.bench.sound(folder, "copy.db")
        else:
            expect(outcome.status != 0, f"{self.name}: the file was reported and is not there")


class Export(Backup):
    name = "export"
    arguments = ["export", "--to", "copy.db", "--force"]

    def begin(self):
        folder = super().begin()
        self.before = {uuid: run for uuid, run in self.before.items() if run[1] == "active"}
        return folder


class Purge(WholeOrNot):
    """Many transactions, each of them whole: a run is there with all of it, or not at all."""

    name = "purge"
    arguments = ["purge", "--yes"]

    def prepare(self):
        halfDeleted(self.bench, self.source)

    def check(self, folder, outcome):
        found = byUUID(examined(os.path.join(folder, "varve.db"), folder, allowsOrphans=True))
        for uuid, run in self.before.items():
            expect(found.get(uuid, run) == run, f"purge: {uuid} is there and not whole")
            expect(uuid in found or run[1] == "deleted", f"purge: {uuid} was not deleted and is gone")
        self.bench.do(folder, *self.arguments).done()
        expect(self.content(folder) == self.whole, "purge: going on ends with something else")


def halfDeleted(bench, folder):
    """A store of which half the runs are deleted."""
    tiny(bench, folder)
    bench.do(folder, "run", "plain", *TINY, "--seeds", "0-99", "--steps", "60", "--weights", "both").done()
    bench.do(folder, "delete", "seed < 50").done()
