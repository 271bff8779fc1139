"""Stores that cannot be written, and files that are taken away, replaced or cut while they are open."""

import os
import shutil
import signal
import subprocess
import tempfile
import time

from support import TINY, byUUID, copied, examined, expect, reader, tiny

READING = [
    ["runs"],
    ["show", "1"],
    ["compare", "1", "2"],
    ["history", "residual1"],
    ["info"],
    ["check"],
    ["verify", "1"],
    ["sql", "SELECT count(*) FROM variances"],
    ["export", "--to", "OUT/export"],
    ["backup", "OUT/backup.db"],
    ["plot", "profile", "--output", "OUT/profile.svg"],
    ["--store", "OUT/other.db", "merge", "STORE"],
]
WRITING = [
    ["run", "plain", *TINY],
    ["log", "--end-of-input", "finished"],
    ["merge", "OUT/second.db"],
    ["tag", "1", "a=b"],
    ["delete", "1"],
    ["purge", "--yes"],
    ["compact"],
    ["dataset", "generate", "--name", "more", "--num-samples", "100"],
]
LINE = b'{"step": 0, "layer": "a", "variance": 1}\n'


def spoil(bench):
    """Takes stores away in every way, until the time is over."""
    source = bench.fresh("source")
    tiny(bench, source)
    bench.do(source, "run", "plain", *TINY, "--seeds", "0-3", "--steps", "4", "--weights", "both").done()
    if os.geteuid() == 0:
        # The build may lie in a folder that is root's alone.
        bench.varve = shutil.copy(bench.varve, bench.path("varve"))
    counts = {}
    ways = [readOnlyFile, readOnlyFolder, readOnlyWithLog, readOnlyMount, unreadable, takenBefore]
    ways += [deleted, replacedByFolder, replacedByStore, truncated, emptied]
    isFirst = True
    while isFirst or bench.hasTime():
        for way in ways:
            count = way(bench, source)
            if count is not None:
                counts[way.__name__] = counts.get(way.__name__, 0) + count
        isFirst = False
    skipped = [way.__name__ for way in ways if way.__name__ not in counts]
    told = ", ".join(f"{name} {count}" for name, count in counts.items())
    return f"commands: {told}" + (f"; skipped, as they need root: {', '.join(skipped)}" if skipped else "")


class Place:
    """A store in a folder of its own, and one for what commands write; commands are executed without root's rights."""

    def __init__(self, bench, source):
        self.bench = bench
        self.folder = bench.fresh("place")
        self.out = bench.fresh("out")
        self.store = copied(os.path.join(source, "varve.db"), self.folder)
        copied(os.path.join(source, "varve.db"), self.out, "second.db")
        self.before = byUUID(examined(self.store, self.out))
        self.prefix = []
        if os.geteuid() == 0:
            self.prefix = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
            for path in (self.folder, self.store, self.out, os.path.join(self.out, "second.db")):
                os.chown(path, 65534, 65534)
            # Everybody may pass through the folders above.
            path = self.bench.folder
            while path not in ("/", tempfile.gettempdir()):
                os.chmod(path, os.stat(path).st_mode | 0o011)
                path = os.path.dirname(path)

    def do(self, arguments):
        words = [word.replace("OUT", self.out).replace("STORE", self.store) for word in arguments]
        for name in ("export", "backup.db", "profile.svg", "other.db"):
            path = os.path.join(self.out, name)
            shutil.rmtree(path) if os.path.isdir(path) else os.path.exists(path) and os.unlink(path)
        options = [] if "--store" in words else ["--store", self.store]
        input = LINE if "log" in words else None
        return self.bench.do(self.out, *options, *words, input=input, prefix=self.prefix)

    def readable(self):
        for arguments in READING:
            self.do(arguments).done()
        return len(READING)

    def refused(self, commands, *statuses):
        for arguments in commands:
            self.do(arguments).refused(*statuses)
        return len(commands)

    def unchanged(self):
        expect(byUUID(examined(self.store, self.out)) == self.before, "a store that could not be written has changed")


def readOnlyFile(bench, source):
    place = Place(bench, source)
    os.chmod(place.store, 0o444)
    count = place.readable() + place.refused(WRITING, 73)
    # There is nothing to put right.
    place.do(["check", "--repair"]).orderly()
    place.unchanged()
    return count


def readOnlyFolder(bench, source):
    place = Place(bench, source)
    os.chmod(place.store, 0o444)
    os.chmod(place.folder, 0o555)
    count = place.readable() + place.refused(WRITING, 73)
    names = os.listdir(place.folder)
    os.chmod(place.folder, 0o755)
    expect(names == ["varve.db"], f"reading has left {names}")
    place.unchanged()
    return count


def readOnlyWithLog(bench, source):
    """Somebody's log is there, as after a kill, and cannot be taken in: nobody may read past it as if it were nothing."""
    place = Place(bench, source)
    process = bench.start(place.out, "--store", place.store, "log", prefix=place.prefix, stdin=subprocess.PIPE)
    process.stdin.write(LINE * 3)
    process.stdin.flush()
    wait(process, lambda: hasBegun(place.store, 5))
    process.kill()
    process.communicate()
    os.chmod(place.store, 0o444)
    os.chmod(place.folder, 0o555)
    count = 0
    for arguments in READING:
        outcome = place.do(arguments).orderly()
        if arguments == ["runs"] and outcome.status == 0:
            expect(len(outcome.output.splitlines()) == 6, f"the run in the log is not shown: {outcome.output}")
        count += 1
    os.chmod(place.folder, 0o755)
    return count


def readOnlyMount(bench, source):
    place = Place(bench, source)
    mount = subprocess.run(["mount", "--bind", place.folder, place.folder], capture_output=True)
    if mount.returncode != 0:
        return None
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", place.folder], check=True)
        # Root, too, cannot write here.
        place.prefix = []
        return place.readable() + place.refused(WRITING, 73)
    finally:
        subprocess.run(["umount", "-l", place.folder], check=True)


def unreadable(bench, source):
    place = Place(bench, source)
    os.chmod(place.store, 0)
    merge = ["--store", "OUT/other.db", "merge", "STORE"]
    return place.refused([command for command in READING if command != merge] + WRITING + [merge], 73, 74)


def takenBefore(bench, source):
    """Something else is where the store was before the command begins."""
    count = 0
    commands = [command for command in READING + WRITING if "STORE" not in command]
    for kind in ("folder", "text", "empty", "half", "pipe"):
        place = Place(bench, source)
        os.unlink(place.store)
        if kind == "folder":
            os.mkdir(place.store)
        elif kind == "pipe":
            os.mkfifo(place.store)
        else:
            with open(place.store, "wb") as file:
                whole = open(os.path.join(source, "varve.db"), "rb").read()
                file.write({"text": b"no store " * 999, "empty": b"", "half": whole[: len(whole) // 2]}[kind])
        for arguments in commands:
            if kind in ("half", "empty"):
                # What is missing need not be needed; an empty file is a store to be made.
                place.do(arguments).orderly()
            else:
                place.do(arguments).refused(65)
            count += 1
    return count


def deleted(bench, source):
    return whileOpen(bench, source, os.unlink, (74,))


def replacedByFolder(bench, source):
    def replace(path):
        os.unlink(path)
        os.mkdir(path)

    return whileOpen(bench, source, replace, (74,))


def replacedByStore(bench, source):
    """Another store comes into the place: it stays as it is."""
    copied(os.path.join(source, "varve.db"), source, "other.db")
    before = open(os.path.join(source, "other.db"), "rb").read()

    def replace(path):
        shutil.copyfile(os.path.join(source, "other.db"), path + "-new")
        os.replace(path + "-new", path)

    def check(path):
        expect(open(path, "rb").read() == before, "a store that came into the place of another was written to")

    return whileOpen(bench, source, replace, (74,), check)


def truncated(bench, source):
    return cut(bench, source, lambda size: size // 3)


def emptied(bench, source):
    return cut(bench, source, lambda size: 0)


def cut(bench, source, length):
    """Takes bytes away from the end: a writer need not notice, as pages may be in the log, but `varve check` does."""

    def check(path):
        outcome = bench.do(os.path.dirname(path), "check").orderly()
        if outcome.status == 0:
            before = byUUID(examined(os.path.join(source, "varve.db"), source))
            now = byUUID(examined(path, source))
            expect(before.items() <= now.items(), "runs are lost and `varve check` does not notice")

    def shorten(path):
        os.truncate(path, length(os.path.getsize(path)))

    return whileOpen(bench, source, shorten, (65, 74), check, endsItself=False)


def whileOpen(bench, source, change, statuses, check=lambda path: None, endsItself=True):
    """Changes the file under a sweep, a long run and a log, which must end with one line and report nothing."""
    commands = [
        ["run", "plain", *TINY, "--seeds", "0-1000000", "--weights", "both"],
        ["run", "plain", *TINY, "--steps", "1000000000", "--record-every", "20"],
        ["log"],
    ]
    for arguments in commands:
        folder = bench.fresh("open")
        store = copied(os.path.join(source, "varve.db"), folder)
        process = bench.start(folder, *arguments, stdin=subprocess.PIPE)
        if arguments == ["log"]:
            process.stdin.write(LINE)
            process.stdin.flush()
        wait(process, lambda: hasBegun(store, 5))
        time.sleep(bench.rng.uniform(0, 0.2))
        change(store)
        if not endsItself and arguments != ["log"]:
            time.sleep(0.3)
            process.send_signal(signal.SIGINT)
        # More comes, and then the end.
        outcome = bench.finish(process, arguments, LINE * 3 if arguments == ["log"] else None)
        if endsItself:
            outcome.refused(*statuses)
            expect(outcome.output == "", f"{outcome}, and reported {outcome.output!r}")
        elif outcome.status not in (0, 130):
            outcome.refused(*statuses)
        check(store)
    return len(commands)


def hasBegun(store, runs):
    connection = reader(store)
    try:
        return connection.execute("SELECT count(*) FROM runs").fetchone()[0] >= runs
    finally:
        connection.close()


def wait(process, condition):
    deadline = time.monotonic() + 20
    while not condition():
        expect(process.poll() is None, f"the command has ended with status {process.returncode}")
        expect(time.monotonic() < deadline, "the command does not begin")
        time.sleep(0.005)
