"""Kills, crowds, starves and damages `varve`, and reports whether its promises held: DURABILITY.md.

Every experiment is a series of trials, drawn from the seed, that goes on until its share of the time is over. One line
reports how each ended; the status is 1 when a promise did not hold. What is left of a failed experiment stays in its folder.
"""

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback

import crowding
import extremes
import files
import flipping
import foreign
import fullDisk
import killing
import powerLoss
from support import Bench, Skipped, Violation

# Name, function, share of the time.
EXPERIMENTS = [
    ("kill", killing.kill, 0.20),
    ("crowd", crowding.crowd, 0.14),
    ("create", crowding.create, 0.06),
    ("full", fullDisk.fill, 0.14),
    ("file", files.spoil, 0.10),
    ("flip", flipping.flip, 0.18),
    ("foreign", foreign.harm, 0.02),
    ("extreme", extremes.store, 0.06),
    ("power", powerLoss.cut, 0.10),
]


def arguments():
    parser = argparse.ArgumentParser(prog="Scripts/torture", description=__doc__.splitlines()[0])
    parser.add_argument("--varve", default=".build/release/varve", help="the command")
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4), "little"), help="what all is drawn from")
    parser.add_argument("--minutes", type=float, default=15, help="how long all experiments take together")
    parser.add_argument("--only", default="", help="experiments by name, with commas: " + ", ".join(n for n, _, _ in EXPERIMENTS))
    parser.add_argument("--folder", default=None, help="where stores are made (default: the folder for temporary files)")
    return parser.parse_args()


def perform(name, experiment, bench):
    """Performs one experiment, prints its line and returns whether its promises held."""
    start = time.monotonic()
    try:
        word, line = "ok", experiment(bench)
    except Skipped as reason:
        word, line = "skipped", str(reason)
    except Violation as violation:
        word, line = "FAILED", str(violation)
    except Exception:
        # The harness itself: never to be taken for a promise kept.
        word, line = "BROKEN", traceback.format_exc()
    print(f"{name:7} {word:7} {time.monotonic() - start:5.0f} s  {line}", flush=True)
    return word in ("ok", "skipped")


def main():
    options = arguments()
    varve = os.path.abspath(options.varve)
    if not os.access(varve, os.X_OK):
        sys.exit(f"torture: there is no command at {options.varve}: build it with `make build`")
    wanted = [word for word in options.only.split(",") if word] or [name for name, _, _ in EXPERIMENTS]
    unknown = set(wanted) - {name for name, _, _ in EXPERIMENTS}
    if unknown:
        sys.exit(f"torture: there is no experiment {', '.join(sorted(unknown))}")
    chosen = [entry for entry in EXPERIMENTS if entry[0] in wanted]
    total = sum(share for _, _, share in chosen)
    # Started in the background, a shell would have everything that is started here ignore interrupts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if options.folder:
        os.makedirs(options.folder, exist_ok=True)
    folder = tempfile.mkdtemp(prefix="varve-torture-", dir=options.folder)
    print(f"torture: seed {options.seed}, {options.minutes:g} minutes, {varve}", flush=True)

    failed = []
    for name, experiment, share in chosen:
        place = os.path.join(folder, name)
        os.mkdir(place)
        seconds = options.minutes * 60 * share / total
        bench = Bench(varve, place, random.Random(f"{options.seed} {name}"), seconds)
        if perform(name, experiment, bench):
            shutil.rmtree(place, ignore_errors=True)
        else:
            failed.append(name)
    if not failed:
        shutil.rmtree(folder, ignore_errors=True)
        return
    again = f"Scripts/torture --seed {options.seed} --minutes {options.minutes:g} --only {','.join(failed)}"
    print(f"torture: {', '.join(failed)} failed; what is left is in {folder}; again: {again}", flush=True)
    sys.exit(1)


if __name__ == "__main__":
    main()
