"""A tracker for Accelerate: `Accelerator(log_with=VarveTracker("cifar"))`."""

from __future__ import annotations

from typing import Any, Optional

from accelerate.tracking import GeneralTracker, on_main_process

from ._logger import Recorder
from ._run import Run

__all__ = ["VarveTracker"]


class VarveTracker(GeneralTracker):  # type: ignore[misc]
    """Records what `Accelerator.log` is given.

    Args:
        experiment: groups runs; `Default` unless given.
        run: a run that is there already; the program then ends it.
        options: as of `varve.run`.

    """

    name = "varve"
    requires_logging_directory = False
    main_process_only = True

    def __init__(self, experiment: Optional[str] = None, run: Optional[Run] = None, **options: Any) -> None:
        super().__init__()
        self._recorder = Recorder(experiment, run, options)

    @property
    def tracker(self) -> Run:
        """The run."""
        return self._recorder.run

    @on_main_process  # type: ignore[untyped-decorator]
    def store_init_configuration(self, values: dict[str, Any]) -> None:
        """Record params."""
        self._recorder.add_params(values)

    @on_main_process  # type: ignore[untyped-decorator]
    def log(self, values: dict[str, Any], step: Optional[int] = None, **_: Any) -> None:
        """Record numbers as metrics, and texts as tags."""
        for key, value in values.items():
            if isinstance(value, str):
                self._recorder.run.tag(key, value)
        self._recorder.log(values, step)

    @on_main_process  # type: ignore[untyped-decorator]
    def finish(self) -> None:
        """End the run."""
        self._recorder.finish()
