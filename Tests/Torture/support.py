"""What the experiments share: the command, what a store holds, and what must always be true of one."""

import hashlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import time


class Violation(Exception):
    """Something that was promised did not hold."""


class Skipped(Exception):
    """An experiment that cannot be done here, with the reason."""


def expect(condition, words):
    if not condition:
        raise Violation(words)


class Outcome:
    """What a command left that has ended."""

    def __init__(self, arguments, status, output, error):
        self.arguments, self.status = arguments, status
        self.output, self.error = output.decode(errors="replace"), error.decode(errors="replace")

    def __str__(self):
        error = self.error if len(self.error) < 500 else self.error[:500] + " …"
        return f"`varve {' '.join(self.arguments)}` ended with status {self.status} and said {error!r}"

    def json(self):
        return json.loads(self.output)

    def done(self):
        """Itself, if the command did what it was told."""
        expect(self.status == 0, str(self))
        return self

    def refused(self, *statuses):
        """Itself, if the command ended with one of the statuses and one line."""
        lines = self.error.splitlines()
        expect(self.status in statuses, f"{self}; expected {statuses}")
        expect(len(lines) == 1 and lines[0].startswith("varve: "), f"{self}: that is not one line")
        return self

    def orderly(self):
        """Itself, if the command neither crashed nor said more than one line."""
        expect(self.status in (0, 1, 64, 65, 66, 69, 73, 74), f"{self}: that is no orderly end")
        if self.status not in (0, 1):
            self.refused(self.status)
        return self


class Bench:
    """The command, a folder for stores, the numbers everything is drawn from, and the time there is."""

    # Nothing here takes a tenth of this; what takes longer hangs.
    limit = 60

    def __init__(self, varve, folder, rng, seconds):
        self.varve, self.folder, self.rng = varve, folder, rng
        self.deadline = time.monotonic() + seconds

    def hasTime(self):
        return time.monotonic() < self.deadline

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def fresh(self, name):
        """An empty folder."""
        path = self.path(name)
        shutil.rmtree(path, ignore_errors=True)
        os.mkdir(path)
        return path

    def start(self, folder, *arguments, prefix=(), environment=None, **streams):
        """Starts the command in a folder, quietly."""
        variables = {key: value for key, value in os.environ.items() if key != "VARVE_STORE"}
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | streams
        return subprocess.Popen(
            [*prefix, self.varve, *arguments, "--quiet"], cwd=folder, env=variables | (environment or {}), **streams
        )

    def finish(self, process, arguments=(), input=None):
        try:
            output, error = process.communicate(input, timeout=self.limit)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise Violation(f"`varve {' '.join(arguments)}` hangs") from None
        return Outcome(arguments, process.returncode, output or b"", error or b"")

    def do(self, folder, *arguments, input=None, **options):
        """Executes the command to its end."""
        if input is not None:
            options["stdin"] = subprocess.PIPE
        return self.finish(self.start(folder, *arguments, **options), arguments, input)

    def killAfter(self, process, seconds, arguments=()):
        """Ends the command with SIGKILL after a while, unless it has ended before."""
        try:
            output, error = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            output, error = process.communicate()
        return Outcome(arguments, process.returncode, output or b"", error or b"")

    def sound(self, folder, store="varve.db"):
        """Makes sure that `varve check` finds no damage."""
        outcome = self.do(folder, "--store", store, "check")
        if isNoStoreYet(outcome):
            return
        expect(outcome.status == 0, f"{outcome}: {outcome.output}")

    def shown(self, folder):
        """The runs that the command shows."""
        outcome = self.do(folder, "runs", "--format", "json")
        return [] if isNoStoreYet(outcome) else outcome.done().json()


def isNoStoreYet(outcome):
    """Whether a process was killed between making the file and making a store of it."""
    return outcome.status == 65 and " is empty: " in outcome.error


# What experiments record: small runs of a small dataset, so that there are many commits in little time.
TINY = ["--dataset", "tiny", "--blocks", "2", "--width", "8", "--batch-size", "40"]


def tiny(bench, folder, store="varve.db"):
    """Makes a store with the small dataset."""
    bench.do(folder, "--store", store, "dataset", "generate", "--name", "tiny", "--num-samples", "200").done()


def copied(source, folder, name="varve.db"):
    """Copies a store with its log as they are, and returns the copy's path; the index of the log is not kept."""
    target = os.path.join(folder, name)
    for ending in ["", "-wal", "-shm", "-journal"]:
        if os.path.exists(target + ending):
            os.unlink(target + ending)
    for ending in ["", "-wal", "-journal"]:
        if os.path.exists(source + ending):
            shutil.copyfile(source + ending, target + ending)
    return target


def reader(path):
    """A connection that only reads."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30, isolation_level=None)
    connection.execute("PRAGMA query_only = ON")
    return connection


class Run:
    """Everything that was recorded of a run, but for its number, uuid and times."""

    def __init__(self, connection, row):
        self.number, self.uuid, self.status, self.lifecycle, self.name, self.key = *row[:5], row[5:7]
        self.begun = row[5:9] + (self.rows(connection, "SELECT key, value FROM params WHERE run_id = ? ORDER BY key"),)
        self.ended = row[9:]
        self.variances = self.rows(
            connection,
            "SELECT step, layers.name, measure, variance FROM layer_variances JOIN layers ON layers.id = layer_id"
            " WHERE run_id = ? ORDER BY step, position, layers.name",
        )
        self.metrics = self.rows(
            connection,
            "SELECT key, step, value, is_nan FROM metrics JOIN metric_keys ON metric_keys.id = key_id"
            " WHERE run_id = ? ORDER BY step, key, value",
        )
        tensors = self.rows(
            connection,
            "SELECT stage, position, name, shape, dtype, digest, bytes FROM tensors LEFT JOIN blobs USING (digest)"
            " WHERE run_id = ? ORDER BY stage, position",
        )
        for tensor in tensors:
            expect(tensor[6] is not None, f"run {self.number}: the bytes of {tensor[2]} are missing")
            isWhole = hashlib.sha256(tensor[6]).hexdigest() == tensor[5]
            expect(isWhole, f"run {self.number}: the bytes of {tensor[2]} are not those of its digest")
        self.tensors = [tensor[:6] for tensor in tensors]

    def rows(self, connection, sql):
        return connection.execute(sql, [self.number]).fetchall()

    @property
    def content(self):
        return (self.begun, self.ended, self.variances, self.metrics, self.tensors)


def runs(connection):
    """All runs of a store, each whole, in one view of it."""
    connection.execute("BEGIN")
    rows = connection.execute(
        "SELECT id, uuid, status, lifecycle, name, architecture, seed, configuration, configuration_digest, steps,"
        " last_step, initial_weights_digest, batch_order_digest, final_weights_digest, numerics FROM runs ORDER BY id"
    ).fetchall()
    result = [Run(connection, row) for row in rows]
    connection.execute("COMMIT")
    return result


def examined(path, scratch, allowsOrphans=False):
    """The runs of a copy of a store, after SQLite has looked it over.

    A purge that was killed leaves rows without their run, which the next one removes.
    """
    connection = sqlite3.connect(copied(path, scratch, "examined.db"))
    try:
        found = connection.execute("PRAGMA integrity_check").fetchall()
        expect(found == [("ok",)], f"integrity_check of {path}: {found[:5]}")
        lost = {(row[0], row[2]) for row in connection.execute("PRAGMA foreign_key_check")}
        if allowsOrphans:
            lost.discard(("metrics", "runs"))
        expect(not lost, f"foreign_key_check of {path}: {lost}")
        if connection.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,):
            # It was not a store yet.
            return []
        connection.isolation_level = None
        return runs(connection)
    except sqlite3.DatabaseError as error:
        raise Violation(f"{path} cannot be read: {error}") from None
    finally:
        connection.close()


def byKey(runs, status="finished"):
    """Content of the runs of a status, by architecture and seed."""
    return {run.key: run.content for run in runs if run.status == status}


def byUUID(runs):
    return {run.uuid: (run.status, run.lifecycle, run.content) for run in runs}


def seconds(body):
    """How long a body takes."""
    start = time.monotonic()
    body()
    return time.monotonic() - start
