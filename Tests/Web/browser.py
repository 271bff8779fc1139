"""A server of a store, and a browser that looks at it."""

import contextlib
import os
import re
import signal
import subprocess
import time

from playwright.sync_api import sync_playwright


class Server:
    """`varve serve` of a store, on a port of its own or a given one."""

    def __init__(self, command, store, *options, port=0):
        self.process = subprocess.Popen(
            [command, "serve", "--store", store, "--port", str(port), *options],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        line = self.process.stdout.readline()
        found = re.search(r"http://\S+?:(\d+)", line)
        if not found:
            self.process.kill()
            raise RuntimeError(f"varve serve says: {line}{self.process.stdout.read()}")
        self.port = int(found[1])
        self.address = f"http://127.0.0.1:{self.port}"

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.stop()


class Recording:
    """A run that another process records line by line."""

    def __init__(self, command, store, **begin):
        import json

        self.json = json
        self.process = subprocess.Popen(
            [command, "log", "--store", store], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self.write({"begin": {"name": "growing", "architecture": "live", "seed": 0, **begin}})

    def write(self, line):
        self.process.stdin.write(self.json.dumps(line) + "\n")
        self.process.stdin.flush()

    def end(self):
        self.write({"end": "finished"})
        self.process.stdin.close()
        self.process.wait(30)

    def kill(self):
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(30)


@contextlib.contextmanager
def browser():
    """Debian's Chromium, without a window."""
    with sync_playwright() as playwright:
        program = os.environ.get("VARVE_CHROMIUM", "/usr/bin/chromium")
        chromium = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        try:
            yield chromium
        finally:
            chromium.close()


class Faults(list):
    """What a page complained about: errors of the script, and what its policy refused."""

    def listen(self, page):
        def said(message):
            text = message.text
            # A status of 400 and more is what some tests ask for, and a server that restarts refuses connections.
            if message.type in ("error", "warning") and "Failed to load resource" not in text:
                self.append(text)

        page.on("console", said)
        page.on("pageerror", lambda error: self.append(str(error)))
        page.on("dialog", lambda dialog: (self.append(f"dialog {dialog.message}"), dialog.dismiss()))
        return page


def until(ask, what="it", seconds=30):
    """Waits until a question is answered by something true, and gives the time it took; the bound only tells what never happens."""
    begun = time.monotonic()
    while True:
        if ask():
            return time.monotonic() - begun
        if time.monotonic() - begun > seconds:
            raise AssertionError(f"{what} did not happen within {seconds} s")
        time.sleep(0.02)
