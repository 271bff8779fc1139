"""What the loggers of Lightning, Transformers and Accelerate have in common."""

from __future__ import annotations

import numbers
from collections.abc import Mapping
from typing import Any, Optional

from . import _values
from ._run import Run, run


class Recorder:
    """A run that begins when it is first needed."""

    def __init__(self, experiment: Optional[str], existing: Optional[Run], options: Mapping[str, Any]) -> None:
        self._experiment = experiment
        self._given = dict(options)
        self._options = dict(options)
        self._run = existing
        self._is_ours = existing is None
        self._params: dict[str, Any] = {}
        self._is_enabled = True

    @property
    def has_begun(self) -> bool:
        """Whether there is a run."""
        return self._run is not None

    @property
    def run(self) -> Run:
        """The run, which begins now if it has not."""
        if self._run is None:
            options = dict(self._options)
            if not self._is_enabled:
                options["enabled"] = False
            options["params"] = {**_values.params(options.get("params")), **self._params}
            self._run = run(self._experiment, **options)
        return self._run

    def add_params(self, given: Any) -> None:
        """Add params; before the run begins they begin with it."""
        params = _values.params(given)
        if self._run is None:
            self._params.update(params)
            return
        for key, value in params.items():
            if self._params.get(key, self) != value:
                self._run.param(key, value)
                self._params[key] = value

    def log(self, values: Mapping[str, Any], step: Optional[int]) -> None:
        """Record what of the values are numbers."""
        found = {str(key): value for key, value in values.items() if is_number(value)}
        if found:
            self.run.log(found, step=step)

    def expect(self) -> None:
        """Take the training for done, while the program may still test and log to the same run."""
        if self._run is not None and self._is_ours:
            self._run._expect("finished")

    def finish(self, error: Optional[BaseException] = None, has_failed: bool = False) -> None:
        """End the run, unless it was given by the program, which ends it."""
        if self._run is None or not self._is_ours or self._run._is_finished:
            return
        from ._run import _ending

        if error is not None:
            self._run.finish(*_ending(error))
        else:
            self._run.finish("failed" if has_failed else "finished")

    def following(self) -> Recorder:
        """End the run if it has begun, and return what begins the next; one that was given by the program goes on."""
        if self._run is None or not self._is_ours:
            return self
        if not self._run._is_finished:
            self.finish()
        return Recorder(self._experiment, None, self._given)

    def __getstate__(self) -> dict[str, Any]:
        state = dict(self.__dict__)
        if self._run is not None:
            # One process records.
            state["_run"] = None
            state["_is_enabled"] = False
        return state


def is_number(value: Any) -> bool:
    """Tell whether a value is one number."""
    if isinstance(value, (numbers.Real, bool)):
        return True
    count = getattr(value, "numel", None)
    if callable(count):
        return int(count()) == 1
    return getattr(value, "size", None) == 1 and hasattr(value, "item")
