"""Lines to `varve log`, a child process, or to the FIFO of `varve exec`.

A line is written into a pipe that never blocks: what is in it is recorded even when this program is killed in the next
moment, since the child is a session of its own that ends with its input. Where the pipe is full, because the store is
locked by others, lines wait in a queue of bounded size, which a thread empties.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import select
import signal
import stat
import subprocess
import tempfile
import threading
import time
from collections import deque
from collections.abc import Sequence
from typing import IO, Any, Callable, Optional

from . import _binary

PIPE_SIZE = 1 << 20
QUEUE_LIMIT = 64 << 20
"""How many bytes wait at most while the store is locked: hours of a usual training."""

_STEPS = "SELECT step FROM run_metrics WHERE run = {0} UNION ALL SELECT step FROM variances WHERE run = {0}"

_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode
_SURROGATE = re.compile(r"(\\\\|\\ud[89ab]..\\ud[c-f]..)|\\ud[89a-f]..")


def encode(line: Any) -> str:
    """Return a line as JSON; what is no character, as in the name of a file that is not UTF-8, is replaced by one."""
    text = _encode(line)
    return text if "\\ud" not in text else _SURROGATE.sub(lambda found: found[1] or "\\ufffd", text)


def _memory_file(name: str) -> IO[bytes]:
    """Return a file that outlives its reader: a pipe would end the child when this program is killed."""
    try:
        return os.fdopen(os.memfd_create(name), "w+b", buffering=0)
    except (AttributeError, OSError):
        return tempfile.TemporaryFile(buffering=0)


def _content(file: IO[bytes]) -> str:
    return os.pread(file.fileno(), 1 << 20, 0).decode("utf-8", "replace")


class Transport:
    """Where lines go; it never raises, and tells `trouble` in one sentence what is lost."""

    def __init__(self, trouble: Callable[[str], None], queue_limit: int = QUEUE_LIMIT) -> None:
        self._trouble = trouble
        self._limit = queue_limit
        self._lock = threading.RLock()
        self._queue: deque[bytes] = deque()
        self._queued = 0
        self._fd = -1
        self._is_broken = False
        self._drainer: Optional[threading.Thread] = None
        self._dropped = 0
        self._dropped_from: Optional[int] = None
        # Some programs want SIGPIPE to end them; a dead child must not.
        self._is_guarded = signal.getsignal(signal.SIGPIPE) is signal.SIG_DFL

    @property
    def is_open(self) -> bool:
        """Whether lines are still taken."""
        return self._fd >= 0

    def send(self, line: str, step: Optional[int] = None, is_last: bool = False) -> None:
        """Hand over a line; `step` is only for what is said when it is lost. The last one has room in any queue."""
        data = line.encode("ascii") + b"\n"
        trouble = None
        with self._lock:
            if self._fd < 0:
                return
            if self._queue:
                trouble = self._wait_in_line(data, step, is_last)
            else:
                try:
                    written = self._write(data)
                except BlockingIOError:
                    written = 0
                except OSError:
                    self._is_broken = True
                    written = len(data)
                if written < len(data):
                    trouble = self._wait_in_line(data[written:], step, is_last)
        if self._is_broken:
            self._break(step)
        elif trouble is not None:
            self._trouble(trouble)

    def flush(self, timeout: float) -> bool:
        """Wait until nothing is in the queue; tell whether it is so."""
        deadline = time.monotonic() + timeout
        while self._queue and self._fd >= 0 and not self._is_broken:
            if time.monotonic() > deadline:
                return False
            self._drain_once(0.2)
        return not self._queue and not self._is_broken

    def forget(self) -> None:
        """Let go of it in a forked process, which must not keep the pipe open."""
        self._lock = threading.RLock()
        self._queue.clear()
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)

    def _close(self) -> None:
        with self._lock:
            fd, self._fd = self._fd, -1
            if fd >= 0:
                os.close(fd)

    def _write(self, data: bytes) -> int:
        if not self._is_guarded:
            return os.write(self._fd, data)
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGPIPE})
        try:
            return os.write(self._fd, data)
        except BrokenPipeError:
            signal.sigtimedwait({signal.SIGPIPE}, 0)
            raise
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def _wait_in_line(self, data: bytes, step: Optional[int], is_last: bool) -> Optional[str]:
        if self._queued + len(data) > self._limit and self._queue and not is_last:
            self._dropped += 1
            if self._dropped == 1:
                self._dropped_from = step
                return (
                    f"the store takes nothing and {self._queued >> 20} MiB wait already: what is logged{_since(step)} is "
                    "lost until it does"
                )
            return None
        self._queue.append(data)
        self._queued += len(data)
        if self._drainer is None or not self._drainer.is_alive():
            self._drainer = threading.Thread(target=self._drain, name="varve", daemon=True)
            self._drainer.start()
        return None

    def _drain(self) -> None:
        while self._queue and self._fd >= 0 and not self._is_broken:
            self._drain_once(0.5)

    def _drain_once(self, timeout: float) -> None:
        fd = self._fd
        if fd < 0:
            return
        try:
            _, ready, _ = select.select([], [fd], [], timeout) if fd < 1024 else ([], _poll(fd, timeout), [])
        except (OSError, ValueError):
            return
        if not ready:
            return
        with self._lock:
            while self._queue and self._fd >= 0:
                data = self._queue[0]
                try:
                    written = self._write(data)
                except BlockingIOError:
                    return
                except OSError:
                    self._is_broken = True
                    return
                self._queued -= written
                if written < len(data):
                    self._queue[0] = data[written:]
                    return
                self._queue.popleft()

    def _break(self, step: Optional[int]) -> None:
        self._close()
        self._queue.clear()
        self._trouble(f"recording has ended: nothing is recorded{_since(step)}")


def _poll(fd: int, timeout: float) -> list[int]:
    poll = select.poll()
    poll.register(fd, select.POLLOUT)
    return [fd for fd, _ in poll.poll(timeout * 1000)]


def _since(step: Optional[int]) -> str:
    return "" if step is None else f" from step {step} on"


class FifoTransport(Transport):
    """Lines into the FIFO of `varve exec`, which records the run itself."""

    def __init__(self, path: str, trouble: Callable[[str], None]) -> None:
        super().__init__(trouble)
        if not stat.S_ISFIFO(os.stat(path).st_mode):
            raise OSError(f"{path} is not a FIFO")
        self._fd = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)

    def finish(self) -> None:
        """Hand over what waits, and let go."""
        if self.is_open and not self.flush(600):
            self._trouble("varve exec takes nothing: what was logged last is lost")
        self._close()


class ChildTransport(Transport):
    """Lines to a child `varve log`."""

    def __init__(self, options: Sequence[str], store: Optional[str], trouble: Callable[[str], None]) -> None:
        super().__init__(trouble)
        self.began: Optional[dict[str, Any]] = None
        """Number, uuid and store of the run, once it has begun."""
        self._store = store
        self._output = _memory_file("varve-output")
        self._errors = _memory_file("varve-errors")
        self._read_errors = 0
        command = [_binary.find(), "log", "--until-end", "--quiet", "--format", "json", *options]
        if store is not None:
            command += ["--store", store]
        reader, writer = os.pipe()
        try:
            os.set_blocking(writer, False)
            try:
                fcntl.fcntl(writer, 1031, PIPE_SIZE)  # F_SETPIPE_SZ, which Python 3.9 does not name
            except OSError:
                pass
            self._child: Any = subprocess.Popen(
                command, stdin=reader, stdout=self._output, stderr=self._errors, start_new_session=True
            )
        except BaseException:
            os.close(writer)
            raise
        finally:
            os.close(reader)
        self._fd = writer

    def wait_for_beginning(self, timeout: float) -> bool:
        """Wait until the run has its number; tell whether it has."""
        deadline = time.monotonic() + timeout
        pause = 0.001
        while self.began is None and not self._output.closed:
            text = _content(self._output)
            if "\n" in text:
                self.began = json.loads(text[: text.index("\n")])
                return True
            if self._child.poll() is not None or time.monotonic() > deadline:
                return False
            time.sleep(pause)
            pause = min(pause * 1.5, 0.05)
        return self.began is not None

    @property
    def has_ended(self) -> bool:
        """Whether the child is gone."""
        return self._child.poll() is not None

    def check(self) -> None:
        """Tell what the child has said since it was last asked, and whether it died."""
        if self.is_open and self.has_ended:
            self._break(None)
            return
        said = self._said()
        if said:
            self._trouble(said)

    def finish(self, timeout: float = 660.0) -> None:
        """Hand over what waits, and wait for the child, which commits it."""
        if self.is_open and not self.flush(timeout) and not self._is_broken:
            self._trouble("the store takes nothing: what was logged last is lost")
        if self._is_broken and self.is_open:
            self._break(None)
            return
        was_open = self.is_open
        self._close()
        try:
            status = self._child.wait(timeout)
        except subprocess.TimeoutExpired:
            self._trouble(f"varve log (process {self._child.pid}) still waits for the store, and goes on by itself")
            return
        said = self._said()
        if self._dropped:
            self._trouble(f"{self._dropped} lines{_since(self._dropped_from)} are lost: the store took nothing for too long")
        if said:
            self._trouble(said)
        elif was_open and status != 0 and not self._read_errors:
            self._trouble(self._how_it_ended(status))
        # Its first line is asked for again.
        self.wait_for_beginning(0)
        self._close_files()

    def forget(self) -> None:
        """Let go of it in a forked process."""
        super().forget()
        # Python waits for children it forgets; this one is the parent's.
        self._child.returncode = 0
        self._child = _NO_CHILD
        self._close_files()

    def _close_files(self) -> None:
        for file in (self._output, self._errors):
            file.close()

    def _break(self, step: Optional[int]) -> None:
        self._close()
        self._queue.clear()
        try:
            status = self._child.wait(2)
        except subprocess.TimeoutExpired:
            status = None
        said = self._said() or (self._how_it_ended(status) if status is not None else "varve log takes nothing more")
        self._trouble(f"{said}. {self._what_is_there(step)}")

    def _what_is_there(self, step: Optional[int]) -> str:
        """Say what the store has of the run: the child may have died with lines that were handed over to it."""
        if self.began is None:
            return "Nothing is recorded"
        try:
            number = int(self.began["run"])
            # Of `varve show`, `last_step` is that of the variances, which may be measured more seldom than metrics.
            sql = f"SELECT max(step) AS last FROM ({_STEPS.format(number)})"
            last = json.loads(_binary.ask(["sql", sql, "--format", "json"], self.began["store"], timeout=10))[0]["last"]
            there = "no step" if last is None else f"steps up to {last}"
            return f"The store has {there} of run {number}; nothing that was logged after that is recorded"
        except Exception:
            return f"Nothing is recorded{_since(step)}"

    def _how_it_ended(self, status: int) -> str:
        how = f"was killed by signal {-status}" if status < 0 else f"ended with status {status}"
        return f"varve log {how}"

    def _said(self) -> str:
        if self._errors.closed:
            return ""
        text = os.pread(self._errors.fileno(), 1 << 20, self._read_errors)
        # A line that is being written comes whole next time.
        text = text[: text.rfind(b"\n") + 1]
        self._read_errors += len(text)
        lines = text.decode("utf-8", "replace").splitlines()
        return "; ".join(line[7:] if line.startswith("varve: ") else line for line in lines)


class _NoChild:
    pid = 0
    returncode = 0

    def poll(self) -> int:
        return 0

    def wait(self, timeout: Optional[float] = None) -> int:
        return 0


_NO_CHILD: Any = _NoChild()
