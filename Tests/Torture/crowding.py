"""Many processes at one store: nobody hears of locks, no row is lost, readers see whole transactions only."""

import json
import os
import threading
import time

from support import TINY, byKey, examined, expect, reader, tiny

SEEDS = 12
STEPS = 20
ARCHITECTURES = ["plain", "batchnorm"]


def crowd(bench):
    """Lets 4 processes write and 2 read until the time is over."""
    reference = bench.fresh("reference")
    for store in ("varve.db", "other.db"):
        tiny(bench, reference, store)
        bench.do(reference, "--store", store, *sweep("0-%d" % (10 * SEEDS - 1))).done()
    whole = byKey(examined(os.path.join(reference, "varve.db"), reference))

    folder = bench.fresh("store")
    tiny(bench, folder)
    members = [Sweeps(bench, folder, 0), Sweeps(bench, folder, 1), Logs(bench, folder)]
    members += [Merges(bench, folder, os.path.join(reference, "other.db")), Asking(bench, folder), Watching(bench, folder)]
    for member in members:
        member.start()
    for member in members:
        member.join(bench.limit + max(0, bench.deadline - time.monotonic()))
        expect(not member.is_alive(), f"{member.name} hangs")
    for member in members:
        if member.trouble:
            raise member.trouble

    found = examined(os.path.join(folder, "varve.db"), folder)
    expected = sum(member.runs for member in members)
    expect(len(found) == expected, f"{len(found)} runs are there, {expected} were reported")
    for run in found:
        expect(run.status == "finished", f"run {run.number} is {run.status}")
        if run.name is None:
            expect(run.content == whole[run.key], f"run {run.number} {run.key} differs from one recorded alone")
        else:
            expect(len(run.variances) == Logs.steps * 2, f"run {run.number} has {len(run.variances)} variances")
    bench.sound(folder)
    told = ", ".join(f"{member.name} {member.rounds}" for member in members)
    return f"4 writers, 2 readers: {told}; all {expected} runs are there"


def sweep(seeds):
    arguments = ["--seeds", seeds, "--steps", str(STEPS), "--record-every", "3", "--weights", "both", "--jobs", "2"]
    return ["run", *ARCHITECTURES, *TINY, *arguments]


class Member(threading.Thread):
    """Executes commands, one after the other, until the time is over or one of them fails."""

    def __init__(self, bench, folder, name):
        super().__init__(name=name, daemon=True)
        self.bench, self.folder = bench, folder
        self.rounds, self.runs = 0, 0
        self.trouble = None

    def run(self):
        try:
            while self.rounds == 0 or self.bench.hasTime():
                self.once()
                self.rounds += 1
        except Exception as trouble:
            self.trouble = trouble

    def do(self, *arguments, **options):
        return self.bench.do(self.folder, *arguments, **options).done()


class Sweeps(Member):
    def __init__(self, bench, folder, number):
        super().__init__(bench, folder, f"sweeps {number + 1}")
        self.first = number * SEEDS

    def once(self):
        seeds = f"{self.first}-{self.first + SEEDS - 1}"
        self.do(*sweep(seeds))
        self.runs += SEEDS * len(ARCHITECTURES)
        self.first = (self.first + 2 * SEEDS) % (10 * SEEDS)


class Logs(Member):
    """Streams a run, and gives what is there tags."""

    steps = 4000

    def __init__(self, bench, folder):
        super().__init__(bench, folder, "logs")
        lines = [
            json.dumps({"step": step, "layer": layer, "variance": step + 0.5})
            for step in range(self.steps)
            for layer in ("a", "b")
        ]
        self.input = "\n".join(lines).encode()

    def once(self):
        outcome = self.do("log", "--end-of-input", "finished", "--name", "logged", "--format", "json", input=self.input)
        number = str(json.loads(outcome.output.splitlines()[-1])["run"])
        self.runs += 1
        self.do("tag", number, "round=%d" % self.rounds)
        self.do("note", number, "logged in a crowd")


class Merges(Member):
    """Brings runs in, and again and again those that have come since, with new tags of those that are there."""

    def __init__(self, bench, folder, other):
        super().__init__(bench, folder, "merges")
        self.other = other

    def once(self):
        if self.rounds > 0:
            self.do("--store", self.other, "tag", "--where", "seed < 5", "round=%d" % self.rounds)
        merged = self.do("merge", self.other, "--format", "json").json()
        count = sum(run["result"] == ("labelled" if self.rounds > 0 else "added") for run in merged)
        expected = 5 * len(ARCHITECTURES) if self.rounds > 0 else 20 * SEEDS
        expect(count == expected, f"{count} of {expected} runs were merged")
        self.runs = 20 * SEEDS


class Asking(Member):
    """Asks in every way a person does."""

    questions = [
        ["runs", "--limit", "20"],
        ["runs", "metrics.loss > 0 AND status = 'finished'", "--format", "json"],
        ["compare", "plain", "batchnorm"],
        ["history", "residual2", "--limit", "50"],
        ["info"],
        ["check"],
        ["sql", "SELECT count(*) FROM variances"],
        ["backup", "backup.db", "--force"],
    ]

    def __init__(self, bench, folder):
        super().__init__(bench, folder, "questions")

    def once(self):
        question = self.questions[self.rounds % len(self.questions)]
        outcome = self.bench.do(self.folder, *question)
        # Nothing is there to be compared at the beginning.
        isEarly = question[0] in ("compare", "history") and outcome.status in (65, 66)
        expect(outcome.status == 0 or isEarly, f"{outcome}: {outcome.output[:500]}")


class Watching(Member):
    """Looks at all runs in one view of the store: what is finished is whole, what runs has whole steps."""

    def __init__(self, bench, folder):
        super().__init__(bench, folder, "looks")

    def once(self):
        connection = reader(os.path.join(self.folder, "varve.db"))
        connection.execute("BEGIN")
        steps = len(range(0, STEPS, 3)) + (0 if (STEPS - 1) % 3 == 0 else 1)
        for number, architecture, status, last, rows, greatest, uneven, tensors in connection.execute(
            """
            SELECT id, architecture, status, last_step,
                (SELECT count(*) FROM layer_variances WHERE run_id = runs.id),
                (SELECT max(step) FROM layer_variances WHERE run_id = runs.id),
                (SELECT count(*) FROM (SELECT 1 FROM layer_variances WHERE run_id = runs.id GROUP BY step HAVING count(*) <> 4)),
                (SELECT count(*) FROM tensors WHERE run_id = runs.id)
            FROM runs WHERE architecture IS NOT NULL
            """
        ):
            expect(last == greatest, f"run {number} says step {last}, its rows {greatest}")
            expect(uneven == 0, f"run {number} is seen with half a step")
            if status == "finished":
                wanted = 4 * steps, {"plain": 16, "batchnorm": 56}[architecture]
                expect((rows, tensors) == wanted, f"run {number} is finished and has {rows} variances, {tensors} tensors")
        connection.execute("COMMIT")
        connection.close()


def create(bench):
    """Lets 16 processes create one store, again and again."""
    rounds = 0
    while rounds == 0 or bench.hasTime():
        folder = bench.fresh("new")
        commands = [["run", "plain", "--width", "8", "--blocks", "2", "--seed", str(seed)] for seed in range(12)]
        commands += [["log", "--end-of-input", "finished", "--name", "logged"]] * 4
        with open(os.path.join(folder, "lines"), "w") as lines:
            lines.write('{"step": 0, "layer": "a", "variance": 1}\n')
        processes = []
        for command in commands:
            with open(os.path.join(folder, "lines")) as lines:
                processes.append(bench.start(folder, *command, stdin=lines))
        for process, command in zip(processes, commands):
            bench.finish(process, command).done()
        found = examined(os.path.join(folder, "varve.db"), folder)
        expect(len(found) == 16, f"{len(found)} runs of 16 processes are there")
        expect(sorted(run.number for run in found) == list(range(1, 17)), "numbers are missing")
        expect(all(run.status == "finished" for run in found), "a run is not finished")
        bench.sound(folder)
        rounds += 1
    return f"{rounds} stores, each created by 16 processes at once"
