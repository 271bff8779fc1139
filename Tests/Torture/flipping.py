"""Bytes changed at random places of a copied store: `varve check` finds it, or nothing that is recorded has changed.

Whatever is changed, no command crashes, hangs, or says more than one line.
"""

import os
import shutil
import sqlite3

from support import TINY, Violation, expect, tiny

COMMANDS = [
    ["runs", "--columns", "number,seed,param.width,metric.loss,variance.residual1,tags.note"],
    ["runs", "metrics.loss < 3 OR params.width = 8"],
    ["show", "1"],
    ["history", "residual1"],
    ["compare", "plain", "batchnorm"],
    ["diff", "1", "2"],
    ["plot", "profile", "--output", "profile.svg"],
    ["export", "--to", "files"],
    ["export", "--to", "copy.db"],
    ["backup", "backup.db"],
    ["verify", "1", "2"],
    ["sql", "SELECT * FROM variances"],
    ["info"],
    ["dataset", "list"],
    ["dataset", "export", "tiny", "--output", "tiny.npz"],
    ["weights", "export", "1", "--at", "final", "--output", "weights.safetensors"],
    ["--store", "other.db", "merge", "varve.db"],
    # These may write.
    ["check", "--repair"],
    ["tag", "1", "a=b"],
    ["run", "plain", *TINY, "--seed", "99"],
    ["delete", "2"],
    ["purge", "--yes"],
    ["compact"],
]
TABLES = [
    "blobs", "dataset_splits", "datasets", "environments", "experiments", "layer_variances", "layers", "metric_keys",
    "metrics", "params", "run_layers", "run_metric_keys", "runs", "schema_migrations", "sqlite_schema", "sqlite_sequence",
    "tags", "tensors",
]  # fmt: skip
# What people may change, when migrations came, and how far runs are numbered: nothing is compared with that.
EDITABLE = {"experiments", "schema_migrations", "sqlite_sequence", "tags"}


def flip(bench):
    """Changes copies of a store until the time is over."""
    source = bench.fresh("source")
    tiny(bench, source)
    for seed in ("0-2", "3-5"):
        more = ["--seeds", seed, "--steps", "8", "--weights", "both", "--note", f"a note {seed}"]
        bench.do(source, "run", "plain", "batchnorm", *TINY, *more).done()
    bench.do(source, "delete", "6").done()
    store = os.path.join(source, "varve.db")
    with open(store, "rb") as file:
        whole = file.read()
    known = dump(store)
    expect(not isinstance(known, str), f"the store cannot be read: {known}")
    pages = pagesByTable(store)
    found, unaffected, edited, missed = 0, 0, 0, []
    while found + unaffected + edited + len(missed) == 0 or bench.hasTime():
        words, damaged = change(bench.rng, whole, pages)
        folder = bench.fresh("place")
        path = os.path.join(folder, "varve.db")
        with open(path, "wb") as file:
            file.write(damaged)
        outcome = bench.do(folder, "check").orderly()
        differing = differences(known, dump(path))
        if outcome.status != 0:
            found += 1
        elif not differing:
            unaffected += 1
        elif EDITABLE.issuperset(differing):
            edited += 1
        else:
            missed += [(differing[0], words)]
        for arguments in bench.rng.sample(COMMANDS, 3):
            try:
                attempt(bench, folder, path, damaged, arguments)
            except Violation as violation:
                keep(bench, damaged)
                raise Violation(f"{words}: {violation}") from None
    told = f"{found} changes found, {unaffected} without effect, {edited} of what may be edited"
    if missed:
        counts = {table: sum(name == table for name, _ in missed) for table, _ in missed}
        by = ", ".join(f"{table} {count}" for table, count in sorted(counts.items(), key=lambda entry: -entry[1]))
        raise Violation(f"{len(missed)} changes of what is recorded missed by `check` ({by}), {told}; such as {missed[0][1]}")
    return told + ", none missed"


def attempt(bench, folder, path, damaged, arguments):
    """Executes a command on the damaged store, which is then put back."""
    bench.do(folder, *arguments).orderly()
    for entry in os.listdir(folder):
        other = os.path.join(folder, entry)
        shutil.rmtree(other) if os.path.isdir(other) else os.unlink(other)
    with open(path, "wb") as file:
        file.write(damaged)


def keep(bench, damaged):
    with open(bench.path("damaged.db"), "wb") as file:
        file.write(damaged)


def pagesByTable(store):
    """The numbers of the pages of each table and index, from 0; one list of all where SQLite cannot tell."""
    connection = sqlite3.connect(store)
    try:
        pages = {}
        for name, number in connection.execute("SELECT name, pageno FROM dbstat"):
            pages.setdefault(name, []).append(number - 1)
        return pages
    except sqlite3.OperationalError:
        return {"all": list(range(os.path.getsize(store) // 8192))}
    finally:
        connection.close()


def change(rng, whole, pages, size=8192):
    """What is done, in words, and the bytes of the damaged store."""
    damaged = bytearray(whole)
    # Half of them anywhere, half in a table drawn first, so that the large ones do not get all.
    if rng.random() < 0.5:
        place = rng.randrange(len(whole))
    else:
        place = rng.choice(pages[rng.choice(sorted(pages))]) * size + rng.randrange(size)
    way = rng.choice(["bit", "bit", "byte", "byte", "zeros", "noise", "sector", "cut"])
    if way == "bit":
        damaged[place] ^= 1 << rng.randrange(8)
    elif way == "byte":
        damaged[place] = (damaged[place] + rng.randrange(1, 256)) % 256
    elif way == "zeros":
        end = min(len(whole), place + rng.randint(2, 64))
        damaged[place:end] = bytes(end - place)
    elif way == "noise":
        end = min(len(whole), place + rng.randint(2, 64))
        damaged[place:end] = rng.randbytes(end - place)
    elif way == "sector":
        start, other = place // 512 * 512, rng.randrange(len(whole) // 512) * 512
        damaged[start : start + 512] = whole[other : other + 512]
    elif way == "cut" and place > 0:
        del damaged[place:]
    return f"{way} at {place} (page {place // size + 1})", bytes(damaged)


def dump(path):
    """The rows of each table; a word where they cannot be read."""
    connection = sqlite3.connect(f"file:{path}?immutable=1", uri=True)
    connection.text_factory = bytes
    try:
        return {
            table: sorted(map(repr, connection.execute(f"SELECT {columns(connection, table)} FROM {table} NOT INDEXED")))
            for table in TABLES
        }
    except (sqlite3.DatabaseError, UnicodeError, OverflowError) as error:
        return str(error)
    finally:
        connection.close()


def columns(connection, table):
    """All that are recorded; a run may be moved to another experiment, and changed at any time.

    On which machine and in which namespace its process was matters only while it is running.
    """
    names = [row[1].decode() for row in connection.execute(f"PRAGMA table_info({table})")] or ["*"]
    free = ("experiment_id", "updated", "unproven", "machine_id", "pid_namespace") if table == "runs" else ()
    return ", ".join(name for name in names if name not in free)


def differences(known, now):
    """The tables that hold something else."""
    if isinstance(now, str):
        return ["what cannot be read"]
    return [table for table in known if known[table] != now[table]]
