"""A disk that is full: one clear line, status 74, nothing reported is lost, and all goes on once there is room."""

import os
import shutil
import subprocess

import mlflow
from support import TINY, Skipped, byKey, byUUID, copied, examined, expect, tiny

SIZE = 6 << 20
LARGE = ["--dataset", "tiny", "--batch-size", "40"]
LINES = "".join(
    f'{{"step": {step}, "layer": "layer{layer}", "variance": {step}}}\n' for step in range(20_000) for layer in range(3)
).encode()


def fill(bench):
    """Executes commands on a small file system that leaves them too little room, until the time is over."""
    disk = bench.path("disk")
    os.mkdir(disk)
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", disk], capture_output=True)
    if mount.returncode != 0:
        raise Skipped(f"mounting a small file system needs root: {mount.stderr.decode(errors='replace').strip()}")
    try:
        return Disk(bench, disk).fill()
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


class Disk:
    """A small file system, and what is put onto it."""

    def __init__(self, bench, disk):
        self.bench, self.disk = bench, disk
        self.source = bench.fresh("source")
        tiny(bench, self.source)
        bench.do(self.source, "run", "plain", *TINY, "--seeds", "0-9", "--steps", "9", "--weights", "both").done()
        bench.do(self.source, "delete", "seed > 7").done()
        self.other = os.path.join(self.source, "other.db")
        tiny(bench, self.source, self.other)
        more = ["--seeds", "20-119", "--steps", "30", "--weights", "both"]
        bench.do(self.source, "--store", self.other, "run", "batchnorm", *TINY, *more).done()
        self.mlflow = os.path.join(self.source, "mlflow.db")
        mlflow.make(self.mlflow, runs=30, steps=200)
        self.weights = os.path.join(self.source, "weights.safetensors")
        bench.do(self.source, "weights", "export", "1", "--at", "final", "--output", self.weights).done()
        self.before = byUUID(examined(os.path.join(self.source, "varve.db"), self.source))
        # What `run` records undisturbed, and how many runs the others bring.
        self.counts = {"merge": 100, "import": 30, "weights import": 1}
        self.whole = {}
        for name in ("run", "large run"):
            path = os.path.join(self.source, f"{name}.db")
            tiny(bench, self.source, path)
            bench.do(self.source, "--store", path, *self.commands()[name]).done()
            self.whole[name] = byKey(examined(path, self.source))

    def commands(self):
        """What is executed, by name."""
        return {
            "run": ["run", "plain", *TINY, "--seeds", "200-599", "--steps", "5", "--weights", "both", "--format", "csv"],
            "large run": ["run", "batchnorm", *LARGE, "--seeds", "0-15", "--weights", "both", "--format", "csv"],
            "log": ["log", "--end-of-input", "finished"],
            "merge": ["merge", self.other, "--format", "csv"],
            "import": ["import", "mlflow", self.mlflow, "--layer-pattern", "{layer}.variance", "--format", "csv"],
            "backup": ["backup", "copy.db"],
            "export": ["export", "--to", "copy.db"],
            "export of files": ["export", "--to", "files"],
            "compact": ["compact"],
            "plot": ["plot", "profile", "--output", "profile.svg"],
            "tag": ["tag", "1", "key=" + "x" * 5000],
            "delete": ["delete", "seed < 5"],
            "purge": ["purge", "--yes"],
            "dataset": ["dataset", "generate", "--name", "another", "--num-samples", "1000"],
            "dataset export": ["dataset", "export", "tiny", "--output", "tiny.npz"],
            "weights": ["weights", "export", "1", "--at", "final", "--output", "weights.safetensors"],
            "weights import": ["weights", "import", self.weights],
            "runs": ["runs"],
            "compare": ["compare", "1", "2"],
            "check": ["check"],
            "verify": ["verify", "1"],
            "sql": ["sql", "SELECT * FROM variances ORDER BY variance"],
        }

    def fill(self):
        refused, done = {}, 0
        while not refused or self.bench.hasTime():
            for name, arguments in self.commands().items():
                outcome = self.once(name, arguments)
                done += outcome.status == 0
                refused[name] = refused.get(name, 0) + (outcome.status != 0)
        told = ", ".join(f"{name} {count}" for name, count in refused.items())
        return f"{sum(refused.values())} commands were refused in one line ({told}), {done} had room enough"

    def once(self, name, arguments):
        for entry in os.listdir(self.disk):
            path = os.path.join(self.disk, entry)
            shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)
        self.resize(SIZE)
        hasStore = self.bench.rng.random() < 0.9 or name not in ("log", "merge", "import", "dataset")
        if hasStore:
            copied(os.path.join(self.source, "varve.db"), self.disk)
        pages = os.statvfs(self.disk).f_bavail * os.statvfs(self.disk).f_frsize // 4096
        # Often next to nothing, sometimes nearly enough.
        left = min(pages, int(2 ** self.bench.rng.uniform(0, 10.5)) - 1)
        filler = os.path.join(self.disk, "filler")
        with open(filler, "wb") as file:
            file.write(bytes((pages - left) * 4096))
        input = LINES if name == "log" else None
        outcome = self.bench.do(self.disk, *arguments, input=input)
        words = f"{name} with {left * 4} KiB left"
        if outcome.status != 0:
            outcome.refused(74)
            expect("full" in outcome.error or "space" in outcome.error or "free" in outcome.error, f"{words}: {outcome}")
        os.unlink(filler)
        self.check(name, outcome, hasStore, words)
        return outcome

    def check(self, name, outcome, hadStore, words):
        store = os.path.join(self.disk, "varve.db")
        expect(not hadStore or os.path.exists(store), f"{words}: the store is gone")
        if hadStore or (os.path.exists(store) and os.path.getsize(store) > 0):
            self.compare(name, outcome, examined(store, self.source, allowsOrphans=name == "purge"), hadStore, words)
            self.bench.sound(self.disk)
        for file in ("copy.db", "files", "profile.svg", "tiny.npz", "weights.safetensors"):
            isThere = os.path.exists(os.path.join(self.disk, file))
            expect(not isThere or outcome.status == 0, f"{words}: {file} is there, though not whole")
        hidden = [entry for entry in os.listdir(self.disk) if entry.startswith(".varve-")]
        expect(not hidden, f"{words}: {hidden} is left")
        # There is room again, and all goes on.
        more = TINY if hadStore else ["--width", "8"]
        self.resize(2 * SIZE)
        self.bench.do(self.disk, "run", "plain", *more, "--seed", "777").done()

    def resize(self, size):
        subprocess.run(["mount", "-o", f"remount,size={size}", self.disk], check=True)

    def compare(self, name, outcome, runs, hadStore, words):
        """Holds what is there against what was there, and against what the command was to do."""
        found = byUUID(runs)
        for uuid, run in self.before.items() if hadStore else ():
            isTouched = (name == "purge" and run[1] == "deleted") or name == "delete"
            now = found.pop(uuid, None)
            isWhole = now == run or (isTouched and (now is None or now[2] == run[2]))
            expect(isWhole, f"{words}: run {uuid} is not what it was")
        new = [run for run in runs if run.uuid in found]
        if name in self.whole:
            for key, content in byKey(new).items():
                expect(content == self.whole[name].get(key), f"{words}: the run {key} is finished and not whole")
            expect(outcome.status != 0 or len(byKey(new)) == len(self.whole[name]), f"{words}: runs that were reported are lost")
        elif name == "log":
            isWhole = all(len(run.variances) == 60_000 for run in new if run.status == "finished")
            expect(isWhole, f"{words}: a log is finished and not whole")
        elif name in self.counts:
            # All of them may be there and the log not emptied, which is said.
            wanted = self.counts[name]
            isWhole = len(new) == wanted or (outcome.status != 0 and not new)
            expect(isWhole, f"{words}: {len(new)} of {wanted} runs are there after {outcome}")
