"""What people do with the pages of `varve serve`, in a real browser.

    python test_web.py VARVE [NAME…]        executes all tests, or those whose names have one of the words in them
"""

import os
import shutil
import sys
import tempfile
import time

import everyone  # noqa: F401: the tests of these files register themselves
import living  # noqa: F401
import stores
import tasks  # noqa: F401
from browser import browser
from world import TESTS, World


def main():
    command, words = sys.argv[1], sys.argv[2:]
    chosen = [one for one in TESTS if not words or any(word in one.__name__ for word in words)]
    folder = tempfile.mkdtemp(prefix="varve-web-")
    failed = []
    try:
        stores.everything(command, os.path.join(folder, "demo.db"))
        stores.hostile(command, os.path.join(folder, "hostile.db"))
        stores.odd(command, os.path.join(folder, "odd.db"))
        with browser() as chromium:
            world = World(command, chromium, folder)
            for one in chosen:
                begun = time.monotonic()
                try:
                    one(world)
                    word = "passed"
                except Exception as error:  # noqa: BLE001: every fault is told, and the others are looked for
                    failed.append(one.__name__)
                    word = f"FAILED: {type(error).__name__}: {error}"
                print(f"{one.__name__.replace('_', ' ')}: {word} ({time.monotonic() - begun:.1f} s)", flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{len(chosen) - len(failed)} of {len(chosen)} passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
