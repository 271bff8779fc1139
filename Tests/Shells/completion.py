"""Presses TAB in bash, zsh and fish over a store whose layers have the names that hurt, and reads what is typed then.

Each shell runs on a terminal of its own. `varve` is a stand-in that answers completions with the built command and writes
down the arguments of everything else, so that what a shell makes of a completed line is compared with the name itself.
"""

import os
import pty
import select
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

COMMAND = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else ".build/release/varve")

# Each begins with a letter of its own; `touch HIT` must never happen.
NAMES = [
    "a$(touch HIT)", "b`touch HIT`", "c'q\"r", "d e  f", "e;touch HIT", "f:g\\h", "g*", "h!!", "i$HOME", "j~", "k=(x)",
    "l{1,2}", "m&touch HIT", "n>HIT", "o#x", "p\\$(touch HIT)", "q'$(touch HIT)'", "r\"$(touch HIT)\"", "s$'\\x41'",
    "t[a-z]?", "\u00e9\u0301",
]
# These cannot be typed on a line and are not offered.
UNTYPABLE = ["v\n$(touch HIT)", "w\x1b[2J", "x\ty"]

UNOFFERED = {"bash": "$`", "zsh": "!"}

STAND_IN = """#!/bin/sh
case "$1" in
---completion|--generate-completion-script) exec "$REAL" "$@" ;;
esac
printf '%s\\0' "$@" > "$ARGUMENTS"
"""

SHELLS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], "source <(varve --generate-completion-script bash)"),
    "zsh": (
        ["zsh", "-f", "-i"],
        "autoload -U compinit; compinit -u -D; varve --generate-completion-script zsh > _varve; "
        "source ./_varve; compdef _varve varve",
    ),
    "fish": (["fish", "--no-config", "-i"], "varve --generate-completion-script fish | source"),
}


def slowness():
    """How much longer than on an idle machine a command takes: 1 and more."""
    start = time.monotonic()
    for _ in range(5):
        subprocess.run(["sh", "-c", '"$0" --version', COMMAND], stdout=subprocess.DEVNULL, check=True)
    return max(1.0, (time.monotonic() - start) / 5 / 0.03)


SLOWNESS = slowness()


class Terminal:
    """A shell that believes that a person types."""

    def __init__(self, arguments, folder, environment):
        self.process, self.end = pty.fork()
        if self.process == 0:
            os.chdir(folder)
            os.execvpe(arguments[0], arguments, environment)

    def type(self, text):
        os.write(self.end, text.encode())

    def settle(self, quiet=0.25, limit=8.0):
        """Reads until nothing has come for a while, longer on a machine that is busy."""
        quiet, limit = quiet * SLOWNESS, limit * SLOWNESS
        seen, end = b"", time.monotonic() + limit
        while time.monotonic() < end:
            if not select.select([self.end], [], [], quiet)[0]:
                break
            try:
                seen += os.read(self.end, 65536)
            except OSError:
                break
        return seen.decode(errors="replace")

    def close(self):
        os.close(self.end)
        os.kill(self.process, 9)
        os.waitpid(self.process, 0)


def make_store(folder):
    rows = "".join('{"step":0,"layer":"l%d","variance":1}\n' % i for i in range(len(NAMES + UNTYPABLE)))
    subprocess.run([COMMAND, "log", "--quiet"], input=rows, text=True, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    store = sqlite3.connect(os.path.join(folder, "varve.db"))
    for index, name in enumerate(NAMES + UNTYPABLE):
        store.execute("UPDATE layers SET short_name = ? WHERE name = ?", (name, "l%d" % index))
    store.commit()
    store.close()


def arguments_after(terminal, folder, line):
    """What the command was given when a line was completed and entered."""
    path = os.path.join(folder, "arguments")
    if os.path.exists(path):
        os.remove(path)
    terminal.type(line + "\t")
    terminal.settle(0.6)
    terminal.type("\r")
    end = time.monotonic() + 5 * SLOWNESS
    while time.monotonic() < end and not os.path.exists(path):
        terminal.settle(0.1, 0.2)
    terminal.settle()
    if not os.path.exists(path):
        return None
    with open(path, "rb") as file:
        return [word.decode() for word in file.read().split(b"\0")[:-1]]


def drive(shell, folder):
    arguments, setup = SHELLS[shell]
    tools = os.path.join(folder, "tools")
    environment = {
        **os.environ, "PATH": tools + ":" + os.environ["PATH"], "TERM": "dumb", "REAL": COMMAND, "HOME": folder,
        "ARGUMENTS": os.path.join(folder, "arguments"), "LC_ALL": "C.UTF-8", "VARVE_STORE": "", "PS1": "> ",
    }
    terminal = Terminal(arguments, folder, environment)
    problems = []
    try:
        terminal.settle(1)
        terminal.type(setup + "\r")
        terminal.settle(1)
        for name in NAMES:
            found = arguments_after(terminal, folder, "varve history " + name[0])
            # A name that the shell would type unquoted is not offered.
            is_offered = not any(mark in name for mark in UNOFFERED.get(shell, ""))
            if found is None or found[1:2] != [name if is_offered else name[0]]:
                problems.append("%r became %r" % (name, found))
        for name in UNTYPABLE:
            found = arguments_after(terminal, folder, "varve history " + name[0])
            if found is None or found[1:2] != [name[0]]:
                problems.append("%r became %r" % (name, found))
        # The whole list.
        terminal.type("varve history \t\t")
        terminal.settle()
        terminal.type("\x03")
        terminal.settle()
    finally:
        terminal.close()
    if os.path.exists(os.path.join(folder, "HIT")):
        problems.append("a name was executed")
    return problems


def main():
    status = 0
    for shell in SHELLS:
        if not shutil.which(shell):
            print(f"{shell}: not installed, left out")
            continue
        with tempfile.TemporaryDirectory() as folder:
            os.mkdir(os.path.join(folder, "tools"))
            stand_in = os.path.join(folder, "tools", "varve")
            with open(stand_in, "w") as file:
                file.write(STAND_IN)
            os.chmod(stand_in, 0o755)
            make_store(folder)
            problems = drive(shell, folder)
        print(f"{shell}: {'; '.join(problems) or 'every name arrived as it is'}")
        status |= bool(problems)
    return status


sys.exit(main())
