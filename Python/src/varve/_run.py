"""A run that is being recorded."""

from __future__ import annotations

import atexit
import itertools
import os
import sys
import time
import warnings
import weakref
from collections.abc import Iterable, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Optional, Union

from . import _binary, _values
from ._environment import environment as _environment
from ._errors import RecordingError, RecordingWarning, VarveError
from ._transport import ChildTransport, FifoTransport, encode

if TYPE_CHECKING:
    from ._watch import Watch

OnError = Literal["warn", "raise"]
Status = Literal["finished", "failed", "killed"]

_open_runs: weakref.WeakSet[Run] = weakref.WeakSet()
_by_identifier: weakref.WeakValueDictionary[int, Run] = weakref.WeakValueDictionary()
_identifiers = itertools.count(1)


def run(
    experiment: Optional[str] = None,
    *,
    name: Optional[str] = None,
    params: Optional[Any] = None,
    seed: Optional[int] = None,
    architecture: Optional[str] = None,
    tags: Optional[Mapping[str, Any]] = None,
    note: Optional[str] = None,
    store: Optional[Union[str, os.PathLike[str]]] = None,
    measure: Optional[str] = None,
    ignore: Iterable[str] = (),
    resume: Optional[Union[int, str]] = None,
    force: bool = False,
    on_error: OnError = "warn",
    environment: bool = True,
    enabled: Optional[bool] = None,
) -> Run:
    """Begin a run, or go on with one, and return it.

    Use it as a block: leaving it by an exception records the run as failed, `KeyboardInterrupt` and `SystemExit` other than
    0 as killed. A program that is killed leaves a run that is recorded as killed.

    Args:
        experiment: groups runs; `Default` unless given.
        name: what the run is called.
        params: what the training is started with: a dict, or `vars(args)`. Nested dicts get dots.
        seed: what `varve compare` pairs runs by.
        architecture: the kind of network, which `compare` and `history` group by.
        tags: labels.
        note: a note.
        store: path of the store; `$VARVE_STORE` unless given, else `varve.db`.
        measure: what the numbers given to `Run.variance` are; `watch` says it itself.
        ignore: keys of params that `compare` leaves out, such as folders.
        resume: number or uuid of a run that was killed or failed, to go on with. What it recorded from the first new step
            on is removed.
        force: with `resume`: also a run that another machine may still record.
        on_error: `warn` (a `RecordingWarning`, once, and the training goes on) or `raise` (a `RecordingError`).
        environment: whether versions, command line, user and host are recorded.
        enabled: whether anything is recorded. Unless given, only rank 0 of a distributed training records.

    Raises:
        VarveError: the command `varve` is not there.
        TypeError, ValueError: an argument that cannot be what it is given as.

    """
    begin = _Beginning(experiment, name, params, seed, architecture, tags, note, measure, ignore, environment)
    if on_error not in ("warn", "raise"):
        raise ValueError(f"on_error is {on_error!r}: give 'warn' or 'raise'")
    if enabled is None:
        enabled = _is_first_rank()
    _end_former_of_cell()
    path = None if store is None else os.fspath(store)
    return Run(begin, path, resume, force, on_error, enabled)


class _Beginning:
    """What is known of a run before its first step."""

    def __init__(
        self,
        experiment: Optional[str],
        name: Optional[str],
        params: Optional[Any],
        seed: Optional[int],
        architecture: Optional[str],
        tags: Optional[Mapping[str, Any]],
        note: Optional[str],
        measure: Optional[str],
        ignore: Iterable[str],
        environment: bool,
    ) -> None:
        texts = {"experiment": experiment, "name": name, "architecture": architecture, "measure": measure}
        for key, value in texts.items():
            if value is not None and not isinstance(value, str):
                raise TypeError(f"{key} is {value!r}: give a text")
            if value == "":
                raise ValueError(f"{key} is empty: give it a name, or leave it out")
        self.facts: dict[str, Any] = {key: value for key, value in texts.items() if value is not None}
        if seed is not None:
            try:
                self.facts["seed"] = int(seed.__index__())
            except (AttributeError, TypeError):
                raise TypeError(f"seed is {seed!r}: give a whole number") from None
            if not -(2**63) <= self.facts["seed"] < 2**63:
                raise ValueError(f"seed is {seed!r}: give one from -2^63 to 2^63 - 1")
        self.trouble: list[str] = []
        self.params = _values.taken("param", _values.params(params), self.trouble)
        self.tags = {str(key): str(value) for key, value in (tags or {}).items()}
        self.tags = _values.taken("tag", self.tags, self.trouble)
        if note is not None:
            self.tags["note"] = str(note)
        self.ignore = [ignore] if isinstance(ignore, str) else [str(key) for key in ignore]
        self.environment: dict[str, Any] = {}
        if environment:
            try:
                self.environment = _environment()
            except Exception as error:  # It is no reason not to record.
                self.environment = {"unknown": str(error)}

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The line that begins a run."""
        begin = {**self.facts, "started": int(time.time() * 1000)}
        for key in ("params", "tags", "ignore", "environment"):
            value = getattr(self, key)
            if value:
                begin[key] = value
        return [{"begin": begin}]

    @property
    def lines_of_a_joined_run(self) -> list[dict[str, Any]]:
        """What the program adds to a run of `varve exec`, which has begun it and has its command.

        Short lines reach the pipe whole, also where several write into it.
        """
        own: dict[str, Any] = {key: self.facts[key] for key in ("name", "architecture") if key in self.facts}
        environment = {key: value for key, value in self.environment.items() if key not in ("command", "packages")}
        parts: list[dict[str, Any]] = [own, {"environment": environment}, {"ignore": self.ignore}]
        if "packages" in self.environment:
            parts.append({"environment": {"packages": self.environment["packages"]}})
        lines = [{"begin": part} for part in parts if any(part.values())]
        return lines + self.lines_of_a_known_run

    @property
    def lines_of_a_known_run(self) -> list[dict[str, Any]]:
        """Lines of their own, so that a param with another value does not hold up the rest."""
        lines: list[dict[str, Any]] = [{"param": key, "value": value} for key, value in self.params.items()]
        return lines + [{"tag": key, "value": value} for key, value in self.tags.items()]


class Run:
    """A run that is being recorded; made by `varve.run`.

    Its methods never block and, with `on_error="warn"`, raise only what is a mistake in the call.
    """

    def __init__(
        self,
        begin: _Beginning,
        store: Optional[str],
        resume: Optional[Union[int, str]],
        force: bool,
        on_error: OnError,
        enabled: bool,
    ) -> None:
        self._on_error = on_error
        self._identifier = next(_identifiers)
        _by_identifier[self._identifier] = self
        self._is_finished = False
        self._is_foreign = False
        self._has_said_finished = False
        self._expected: Optional[Status] = None
        self._held: list[str] = []
        self._told: set[str] = set()
        self._watches: list[Watch] = []
        self._last_pass: Optional[int] = None
        self._next_step = 0
        self._checked = 0
        self._uuid: Optional[str] = None
        self._cell = _cell()
        self._transport: Optional[Union[ChildTransport, FifoTransport]] = None
        if not enabled:
            return
        self._held += begin.trouble
        fifo = os.environ.get("VARVE_LOG")
        if fifo and os.environ.get("VARVE_RUN") and resume is None:
            self._join(fifo, begin)
        else:
            self._start(begin, store, resume, force)
        _open_runs.add(self)

    def _join(self, fifo: str, begin: _Beginning) -> None:
        self._uuid = os.environ["VARVE_RUN"]
        try:
            self._transport = FifoTransport(fifo, self._held.append)
        except OSError as error:
            self._held.append(f"the FIFO of varve exec takes nothing ({error}): nothing is recorded")
        else:
            for line in begin.lines_of_a_joined_run:
                self._send(line)
        self._tell_trouble()

    def _start(self, begin: _Beginning, store: Optional[str], resume: Optional[Union[int, str]], force: bool) -> None:
        options = []
        if resume is not None:
            options += ["--resume", str(resume), *(["--force"] if force else [])]
            if "measure" in begin.facts:
                options += ["--measure", begin.facts["measure"]]
        transport = ChildTransport(options, store, self._held.append)
        self._transport = transport
        for line in begin.lines if resume is None else [{"begin": {}}, *begin.lines_of_a_known_run]:
            self._send(line)
        if not transport.wait_for_beginning(5) and transport.has_ended:
            transport.check()
            self._transport = None
        self._tell_trouble()

    # What it is.

    @property
    def number(self) -> Optional[int]:
        """The number that a person types; None where nothing is recorded."""
        began = self._wait()
        if began is not None:
            return int(began["run"])
        if self._uuid is not None and self._transport is not None:
            try:
                shown = _binary.ask_json(["show", self._uuid])
                return int((shown[0] if isinstance(shown, list) else shown)["run"])
            except (VarveError, KeyError, ValueError):
                return None
        return None

    @property
    def uuid(self) -> Optional[str]:
        """The uuid, 32 hexadecimal digits; None where nothing is recorded."""
        began = self._wait()
        return str(began["uuid"]) if began is not None else self._uuid

    @property
    def store(self) -> Optional[str]:
        """The path of the store; None where nothing is recorded."""
        began = self._wait()
        return str(began["store"]) if began is not None else os.environ.get("VARVE_STORE")

    @property
    def is_recording(self) -> bool:
        """Whether what is logged is taken."""
        return self._transport is not None and self._transport.is_open and not self._is_finished

    def _wait(self) -> Optional[dict[str, Any]]:
        transport = self._transport
        if not isinstance(transport, ChildTransport):
            return None
        if transport.began is None:
            transport.wait_for_beginning(60)
        return transport.began

    def __repr__(self) -> str:
        transport = self._transport
        if transport is None:
            return "<varve.Run, nothing is recorded>"
        began = transport.began if isinstance(transport, ChildTransport) else {"run": self._uuid}
        return f"<varve.Run {began['run'] if began else '(beginning)'}>"

    def __getstate__(self) -> Any:
        raise TypeError("a varve.Run records from one process and cannot be copied to another: log from that process")

    # What is recorded.

    def log(self, values: Mapping[str, Any], step: Optional[int] = None) -> None:
        """Record metrics.

        Args:
            values: numbers, or tensors and arrays of one element, by name.
            step: the step they are of. Unless given: the step of the last training pass of a watched model, else the one
                after the greatest step so far, from 0 on. Steps may come in any order.

        Raises:
            TypeError: a value that is not a number; its name is said.

        """
        if step is None:
            step = self._next_step if self._last_pass is None else self._last_pass
        elif type(step) is not int or not _values.LEAST <= step <= _values.GREATEST:
            step = _values.step_of(step)
        if step >= self._next_step:
            self._next_step = step + 1
        found = _values.numbers(values, self._tell_of_key)
        transport = self._transport
        if transport is None or self._is_finished:
            self._say_finished()
            return
        if not found:
            self._tell_trouble()
            return
        now = int(time.time() * 1000)
        transport.send(encode({"step": step, "metrics": found, "timestamp": now}), step)
        if now - self._checked > 1000:
            self._check(now)
        if self._held:
            self._tell_trouble()

    def variance(self, layer: str, value: Any, step: int) -> None:
        """Record a number of a layer at a step, measured by the program itself: see `measure` of `varve.run`."""
        if not isinstance(layer, str) or not layer:
            raise TypeError(f"layer is {layer!r}: give the name of a layer")
        step = _values.step_of(step)
        self._next_step = max(self._next_step, step + 1)
        self._record({"step": step, "variances": {layer: _values.number(layer, value)}}, step)

    def tag(self, key: str, value: Any) -> None:
        """Set a label."""
        self._record({"tag": str(key), "value": str(value)})

    def note(self, text: str) -> None:
        """Set the note."""
        self.tag("note", text)

    def param(self, key: str, value: Any) -> None:
        """Add a param; it has one value."""
        self._record({"param": str(key), "value": _values.param(value)})

    def artifact(self, path: Union[str, os.PathLike[str]], name: Optional[str] = None) -> None:
        """Keep a file with the run, under its own name unless another is given."""
        whole = os.path.abspath(os.fspath(path))
        if not os.path.isfile(whole):
            raise FileNotFoundError(f"{whole} is not a file: nothing is kept")
        self._record({"artifact": whole, "name": name or os.path.basename(whole)})

    def watch(
        self,
        model: Any,
        layers: Optional[Sequence[Any]] = None,
        blocks: Optional[Sequence[Any]] = None,
        every: int = 1,
        start: int = 0,
        axis: Optional[Mapping[str, int]] = None,
        prefix: str = "",
    ) -> Watch:
        """Record the variance of the layers' outputs at every training step of a PyTorch model.

        The number is the population variance of a unit over batch and positions, averaged over the units of the layer, in
        training mode, before the step's update; `Documentation/Python.md` has all the rules.

        Args:
            model: the module whose forward passes count.
            layers: names of modules, patterns as `blocks.*.attention`, or modules; unless given, modules with weights of
                their own and norms.
            blocks: the modules whose outputs are residual sums; unless given, the members of every `ModuleList` or
                `Sequential` that are all of one class which is not one of `torch.nn`'s.
            every: record every so many steps.
            start: the number of the first step.
            axis: the axis of the units, by module name, where the rules are wrong.
            prefix: put before the names, for several models in one run.

        """
        from ._watch import Watch

        known = [watch for watch in self._watches if watch.is_of(model, prefix)]
        if known:
            return known[0]
        watch = Watch(self, model, layers, blocks, every, start, axis or {}, prefix)
        self._watches.append(watch)
        return watch

    def probe(self, name: str, tensor: Any) -> Any:
        """Record a tensor that is no module's output under the rules of `watch`, and return it."""
        from ._watch import probe

        return probe(self, name, tensor)

    def step(self, number: int) -> None:
        """Say which step the next training passes are of, for programs whose updates no optimiser of PyTorch makes."""
        number = _values.step_of(number)
        self._last_pass = number
        for watch in self._all_watches():
            watch.set_step(number)

    def _all_watches(self) -> list[Watch]:
        if not self._watches and "torch" in sys.modules:
            from ._watch import Watch

            self._watches.append(Watch.of_probes(self))
        return self._watches

    # How it ends.

    def finish(self, status: Status = "finished", reason: Optional[str] = None) -> None:
        """End the run, and wait until all of it is in the store."""
        if status not in ("finished", "failed", "killed"):
            raise ValueError(f"status is {status!r}: give 'finished', 'failed' or 'killed'")
        if self._is_finished:
            self._say_finished()
            return
        for watch in self._watches:
            watch.end()
        self._is_finished = True
        _open_runs.discard(self)
        transport = self._transport
        if transport is None or self._is_foreign:
            return
        end: dict[str, Any] = {"end": status, "timestamp": int(time.time() * 1000)}
        if reason:
            end["reason"] = reason
        transport.send(encode(end), is_last=True)
        transport.finish()
        self._tell_trouble()

    def _expect(self, status: Status) -> None:
        """Say how the run ends if the program does: for trainers that may still go on with it."""
        for watch in self._watches:
            watch.flush()
        self._expected = status

    def __enter__(self) -> Run:
        return self

    def __exit__(
        self, kind: Optional[type[BaseException]], error: Optional[BaseException], _: Optional[TracebackType]
    ) -> None:
        if self._is_finished:
            return
        status, reason = _ending(error)
        if error is None:
            self.finish()
            return
        # The program's own exception counts, not one of recording.
        self._on_error = "warn"
        self.finish(status, reason)

    def __del__(self) -> None:
        if getattr(self, "_is_finished", True) or not self.is_recording:
            return
        self._on_error = "warn"
        if self._expected is not None:
            self.finish(self._expected)
            return
        with warnings.catch_warnings():
            warnings.simplefilter("always", RecordingWarning)
            self._warn(
                f"{self!r} was dropped without run.finish(): it is recorded as killed. Use it as a block: "
                "with varve.run(...) as run"
            )
            try:
                self.finish("killed", "the run was dropped without run.finish()")
            except Exception:
                pass

    # Inside.

    def _send(self, line: Mapping[str, Any], step: Optional[int] = None) -> None:
        if self._transport is not None:
            self._transport.send(encode(line), step)

    def _record(self, line: Mapping[str, Any], step: Optional[int] = None) -> None:
        if self._transport is None or self._is_finished:
            self._say_finished()
            return
        self._send(line, step)
        self._tell_trouble()

    def _record_pass(self, lines: Sequence[Mapping[str, Any]], step: int) -> None:
        """Record what was measured in a step, from inside of the model's passes or of the optimiser's update."""
        if self._transport is None or self._is_finished:
            return
        for line in lines:
            self._send(line, step)
        self._next_step = max(self._next_step, step + 1)
        self._tell_trouble()

    def _tell_of_key(self, text: str) -> None:
        if text not in self._told:
            self._told.add(text)
            self._held.append(text)

    def _check(self, now: int) -> None:
        self._checked = now
        if isinstance(self._transport, ChildTransport):
            self._transport.check()

    def _tell_trouble(self) -> None:
        if not self._held:
            return
        held = list(self._held)
        self._held.clear()
        for text in held:
            if self._on_error == "raise":
                raise RecordingError(text)
            self._warn(text)

    def _warn(self, text: str) -> None:
        """Warn at the line of the program that called, whatever lies between."""
        frame, level = sys._getframe(1), 2
        folder = os.path.dirname(__file__)
        while frame.f_back is not None and frame.f_code.co_filename.startswith(folder):
            frame, level = frame.f_back, level + 1
        warnings.warn(RecordingWarning(text), stacklevel=level)

    def _say_finished(self) -> None:
        if not self._is_finished or self._has_said_finished:
            return
        self._has_said_finished = True
        text = f"{self!r} has ended: nothing more is recorded"
        if self._on_error == "raise":
            raise RecordingError(text)
        self._warn(text)

    def _forget(self) -> None:
        """Let go of it in a forked process: the parent records."""
        self._is_foreign = True
        self._is_finished = True
        self._has_said_finished = True
        if self._transport is not None:
            self._transport.forget()
            self._transport = None


def _ending(error: Optional[BaseException]) -> tuple[Status, Optional[str]]:
    """Return how a program ends that is left by this exception, and why."""
    if error is None:
        return "finished", None
    if isinstance(error, SystemExit) and error.code in (None, 0):
        return "finished", None
    words = " ".join(str(error).split())
    reason = f"{type(error).__name__}: {words}" if words else type(error).__name__
    reason = reason[:500]
    return ("killed" if isinstance(error, (KeyboardInterrupt, SystemExit)) else "failed"), reason


def _is_first_rank() -> bool:
    torch = sys.modules.get("torch")
    distributed = getattr(torch, "distributed", None)
    try:
        if distributed is not None and distributed.is_available() and distributed.is_initialized():
            return bool(distributed.get_rank() == 0)
        return int(os.environ.get("RANK", "0")) == 0
    except (ValueError, RuntimeError):
        return True


def _cell() -> Optional[tuple[str, int]]:
    """Return which cell of a notebook is executed, and for the how manieth time something is."""
    shell = sys.modules.get("IPython")
    try:
        current = shell.get_ipython() if shell is not None else None
        if current is None:
            return None
        header: dict[str, Any] = getattr(getattr(current, "kernel", None), "get_parent", dict)()
        text = header.get("metadata", {}).get("cellId") or current.user_ns["In"][-1]
        return str(text), int(current.execution_count)
    except Exception:
        return None


def _end_former_of_cell() -> None:
    """End the run that the same cell of a notebook began when it was executed before."""
    cell = _cell()
    if cell is None:
        return
    for former in list(_open_runs):
        if former._cell is not None and former._cell[0] == cell[0] and former._cell[1] != cell[1]:
            former._on_error = "warn"
            former.finish("killed", "its cell was executed again")


def _end_at_exit() -> None:
    """End the runs that the program forgot, by what is known of how it ends."""
    error = getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)
    in_notebook = _cell() is not None
    for left in list(_open_runs):
        left._on_error = "warn"
        if error is not None and not in_notebook:
            left.finish(*_ending(error))
            continue
        if not left.is_recording:
            continue
        if left._expected is not None:
            left.finish(left._expected)
            continue
        left._warn(
            f"the program ends without run.finish(): {left!r} is recorded as killed. Use it as a block: "
            "with varve.run(...) as run"
        )
        left.finish("killed", "the program ended without run.finish()")


def _after_fork() -> None:
    for left in list(_open_runs):
        left._forget()
    _open_runs.clear()


atexit.register(_end_at_exit)
os.register_at_fork(after_in_child=_after_fork)
