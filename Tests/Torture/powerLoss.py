"""Loss of power, simulated: of what was not synced any part may be missing, and what was reported must be there all the same.

Commands are executed with a library before libc's (syscalls.c) that writes down their writes and syncs. From that the
folder is built anew as a loss of power could have left it: all that was synced, and of everything since any part, sector
by sector; of new, renamed and removed names those up to any moment since the folder was synced.
"""

import copy
import os
import shutil
import struct
import subprocess

import mlflow
from support import TINY, Skipped, Violation, byUUID, examined, expect, reader, tiny

SECTOR = 512


def cut(bench):
    """Cuts the power at random moments of all kinds of commands."""
    library = built(bench)
    scenarios = [Recording, Sweeping, Logging, LoggingBesideReader, Merging, MergingBesideReader, Importing, Deleting]
    scenarios += [DeletingBesideReader, Purging, Compacting, BackingUp, Exporting, ExportingFiles]
    cuts = dict.fromkeys(scenarios, 0)
    isFirst = True
    while isFirst or bench.hasTime():
        for scenario in scenarios:
            trial = scenario(bench, library)
            for _ in range(12):
                trial.once()
                cuts[scenario] += 1
            if not isFirst and not bench.hasTime():
                break
        isFirst = False
    return f"{sum(cuts.values())} cuts ({', '.join(f'{scenario.name} {count}' for scenario, count in cuts.items())})"


def built(bench):
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "syscalls.c")
    library = bench.path("syscalls.so")
    compiler = next((name for name in ("clang", "cc", "gcc") if shutil.which(name)), None)
    if compiler is None:
        raise Skipped("there is no C compiler for syscalls.c")
    result = subprocess.run([compiler, "-O1", "-shared", "-fPIC", "-o", library, source, "-ldl", "-lpthread"], capture_output=True)
    if result.returncode != 0:
        raise Skipped(f"syscalls.c cannot be built: {result.stderr.decode(errors='replace')[:300]}")
    return library


class Disk:
    """A folder and what of it is on the disk."""

    def __init__(self, folder):
        self.files = [b""]
        self.names = {}
        for name in sorted(os.listdir(folder)):
            if not name.endswith("-shm"):
                with open(os.path.join(folder, name), "rb") as file:
                    self.names[name] = len(self.files)
                    self.files.append(file.read())
        self.files = [bytearray(content) for content in self.files]
        # As the process sees it; what is not on the disk yet, by file and of names.
        self.current = dict(self.names)
        self.pending = {}
        self.renamings = []

    def perform(self, kind, path, offset, data):
        file = self.current.get(path)
        if kind in "WTS" and file is None:
            # A file without a name, as SQLite uses for what nobody need find again.
            return
        if kind in "CM":
            self.files.append(bytearray() if kind == "C" else None)
            self.rename(path, len(self.files) - 1)
        elif kind == "W":
            self.pending.setdefault(file, []).append((offset, data))
        elif kind == "T":
            self.pending.setdefault(file, []).append((offset, None))
        elif kind == "S":
            for part in self.pending.pop(file, []):
                apply(self.files[file], *part)
        elif kind == "U":
            self.rename(path, None)
        elif kind == "L":
            self.rename(data.decode(), file)
        elif kind == "R":
            # Files in a folder go with it; one step, as a journaling file system makes it.
            target = data.decode()
            moved = {name: number for name, number in self.current.items() if name == path or name.startswith(path + "/")}
            step = dict.fromkeys(moved) | {target + name[len(path) :]: number for name, number in moved.items()}
            self.step(step)
        elif kind == "D":
            for step in self.renamings:
                change(self.names, step)
            self.renamings = []

    def rename(self, path, file):
        self.step({path: file})

    def step(self, step):
        change(self.current, step)
        self.renamings.append(step)

    def left(self, rng):
        """What a loss of power leaves at this moment, by name."""
        names = dict(self.names)
        for step in self.renamings[: rng.randint(0, len(self.renamings))]:
            change(names, step)
        way = rng.choice(["nothing", "all", "first", "some", "sectors"])
        contents = {}
        for name, file in names.items():
            content = self.files[file]
            if content is not None:
                content = bytearray(content)
                parts = self.pending.get(file, [])
                for offset, data in survivors(parts, way, rng):
                    apply(content, offset, data)
            contents[name] = content
        return contents


def change(names, step):
    for name, file in step.items():
        if file is None:
            names.pop(name, None)
        else:
            names[name] = file


def apply(content, offset, data):
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    if data is None:
        del content[offset:]
    else:
        content[offset : offset + len(data)] = data


def survivors(changes, way, rng):
    """Of changes that were not synced those that came onto the disk."""
    if way == "nothing":
        return []
    if way == "first":
        return changes[: rng.randint(0, len(changes))]
    if way == "some":
        share = rng.random()
        return [change for change in changes if rng.random() < share]
    if way == "sectors":
        share = rng.random()
        parts = []
        for offset, data in changes:
            if data is None:
                parts.append((offset, data))
            else:
                # Sectors are the disk's, not the write's.
                starts = [offset, *range(offset - offset % SECTOR + SECTOR, offset + len(data), SECTOR)]
                ends = [*starts[1:], offset + len(data)]
                parts += [(start, data[start - offset : end - offset]) for start, end in zip(starts, ends)]
        return [part for part in parts if rng.random() < share]
    return changes


def records(path):
    """What syscalls.c has written down."""
    with open(path, "rb") as file:
        while head := file.read(17):
            kind, count, size, offset = struct.unpack("<cIIQ", head)
            yield kind.decode(), file.read(count).decode(), offset, file.read(size)


class Trial:
    """A command whose power is cut."""

    # Whether what is recorded counts as reported with the first output, or only when the command has ended.
    isReportedByOutput = True
    output = None
    input = None
    # While somebody reads from the log it cannot be emptied, and has to be synced itself.
    hasReader = False

    def __init__(self, bench, library):
        self.bench = bench
        self.folder = bench.fresh("work")
        self.prepare(self.folder)
        connection = None
        if self.hasReader:
            connection = reader(os.path.join(self.folder, "varve.db"))
            connection.execute("BEGIN")
            connection.execute("SELECT count(*) FROM runs").fetchall()
        self.disk = Disk(self.folder)
        self.before = self.content(self.folder)
        journal = bench.path("journal")
        if os.path.exists(journal):
            os.unlink(journal)
        variables = {"LD_PRELOAD": library, "TORTURE_FOLDER": self.folder, "TORTURE_JOURNAL": journal}
        self.bench.do(self.folder, *self.arguments, input=self.input, environment=variables).done()
        if connection:
            connection.close()
        self.records = list(records(journal))
        expect(any(kind == "O" for kind, *_ in self.records), f"{self.name}: nothing was reported")
        self.whole = self.content(self.folder)
        self.files = self.written(self.folder)

    def prepare(self, folder):
        tiny(self.bench, folder)
        self.bench.do(folder, "run", "plain", *TINY, "--seeds", "0-3", "--steps", "4", "--weights", "both").done()

    def content(self, folder):
        store = os.path.join(folder, "varve.db")
        if not os.path.exists(store) or os.path.getsize(store) == 0:
            return {}
        return byUUID(examined(store, self.bench.folder, allowsOrphans=self.allowsOrphans))

    allowsOrphans = False

    def written(self, folder):
        """The contents of the files that the command makes, by name; stores are told by what they hold."""
        place = os.path.join(folder, self.output) if self.output else ""
        if not os.path.exists(place):
            return None
        if not os.path.isdir(place):
            return byUUID(examined(place, self.bench.folder))
        return {name: open(os.path.join(place, name), "rb").read() for name in sorted(os.listdir(place))}

    def once(self):
        """Cuts the power once: at any moment, or beside one where it matters."""
        turns = [index for index, record in enumerate(self.records) if record[0] not in "WT"]
        rng = self.bench.rng
        moment = rng.choice([rng.randint(0, len(self.records)), rng.choice(turns), rng.choice(turns) + 1, len(self.records)])
        disk = copy.deepcopy(self.disk)
        isReported = False
        for record in self.records[:moment]:
            if record[0] == "O":
                isReported = self.isReportedByOutput
            else:
                disk.perform(*record)
        isReported = isReported or moment == len(self.records)
        image = self.bench.fresh("image")
        for name, content in sorted(disk.left(rng).items()):
            place = os.path.join(image, name)
            os.makedirs(place if content is None else os.path.dirname(place), exist_ok=True)
            if content is not None:
                with open(place, "wb") as file:
                    file.write(content)
        words = f"{self.name}: power cut at {moment} of {len(self.records)}"
        try:
            self.check(image, isReported)
        except Violation as violation:
            raise Violation(f"{words}: {violation}") from None

    def check(self, image, isReported):
        found = self.content(image)
        for uuid, run in self.before.items():
            expect(found.get(uuid) == run, f"run {uuid}, which had been there, is not what it was")
        for uuid, run in found.items():
            expect(run[0] != "finished" or run == self.whole.get(uuid), f"run {uuid} is finished and not whole")
        if isReported:
            expect(found == self.whole, f"{len(found)} of {len(self.whole)} runs that were reported are there")
        if found:
            self.bench.sound(image)
        files = self.written(image)
        expect(files in ([self.files] if isReported else [self.files, None]), f"{self.output} is not whole")


class Recording(Trial):
    name = "new store"
    arguments = ["run", "plain", "--width", "8", "--blocks", "2", "--seeds", "0-1", "--weights", "both", "--format", "csv"]

    def prepare(self, folder):
        pass

    def check(self, image, isReported):
        super().check(image, isReported)
        # Whatever is left of the beginning, it is no hindrance.
        self.bench.do(image, "run", "plain", "--width", "8", "--blocks", "2", "--seed", "7").done()


class Sweeping(Trial):
    name = "sweep"
    arguments = ["run", "plain", "batchnorm", *TINY, "--seeds", "4-33", "--steps", "6", "--weights", "both", "--format", "csv"]


class Logging(Trial):
    name = "log"
    arguments = ["log", "--end-of-input", "finished", "--format", "json"]
    # The first line says only that the run has begun.
    isReportedByOutput = False
    input = "".join(f'{{"step": {step}, "layer": "a", "variance": {step}}}\n' for step in range(20_000)).encode()


class LoggingBesideReader(Logging):
    name = "log beside a reader"
    hasReader = True


class Merging(Trial):
    name = "merge"

    def prepare(self, folder):
        super().prepare(folder)
        other = self.bench.fresh("other")
        tiny(self.bench, other)
        self.bench.do(other, "run", "plain", *TINY, "--seeds", "2-21", "--steps", "9", "--weights", "both").done()
        self.arguments = ["merge", os.path.join(other, "varve.db"), "--format", "csv"]


class Importing(Trial):
    name = "import"

    def prepare(self, folder):
        super().prepare(folder)
        path = os.path.join(self.bench.fresh("other"), "mlflow.db")
        mlflow.make(path, runs=6, steps=40)
        self.arguments = ["import", "mlflow", path, "--layer-pattern", "{layer}.variance", "--format", "csv"]


class Deleting(Trial):
    """Labels and deletions: nothing but the status of the command reports them."""

    name = "delete"
    arguments = ["delete", "seed < 2", "--format", "csv"]
    isReportedByOutput = False

    def check(self, image, isReported):
        found = self.content(image)
        expect(found in ([self.whole] if isReported else [self.before, self.whole]), "half of it is there")
        self.bench.sound(image)


class MergingBesideReader(Merging):
    name = "merge beside a reader"
    hasReader = True


class DeletingBesideReader(Deleting):
    name = "delete beside a reader"
    hasReader = True


class Purging(Trial):
    name = "purge"
    arguments = ["purge", "--yes", "--format", "csv"]
    allowsOrphans = True

    def prepare(self, folder):
        super().prepare(folder)
        self.bench.do(folder, "delete", "seed < 2").done()

    def check(self, image, isReported):
        found = self.content(image)
        for uuid, run in self.before.items():
            expect(found.get(uuid, run) == run, f"run {uuid} is there and not whole")
            expect(uuid in found or run[1] == "deleted", f"run {uuid} was not deleted and is gone")
        expect(not isReported or found == self.whole, "what was purged is there again")
        self.bench.sound(image)


class Compacting(Trial):
    name = "compact"
    arguments = ["compact", "--format", "csv"]

    def prepare(self, folder):
        super().prepare(folder)
        self.bench.do(folder, "delete", "seed < 2").done()
        self.bench.do(folder, "purge", "--yes").done()


class BackingUp(Trial):
    name = "backup"
    output = "copy.db"
    arguments = ["backup", "copy.db", "--format", "csv"]


class Exporting(Trial):
    name = "export"
    output = "copy.db"
    arguments = ["export", "--to", "copy.db", "--format", "csv"]


class ExportingFiles(Trial):
    name = "export of files"
    output = "files"
    arguments = ["export", "--to", "files", "--format", "csv"]
