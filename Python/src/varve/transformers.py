"""A callback for Transformers: `Trainer(..., callbacks=[VarveCallback("glue")])`."""

from __future__ import annotations

from typing import Any, Optional

from transformers import TrainerCallback

from ._logger import Recorder
from ._run import Run

__all__ = ["VarveCallback"]


class VarveCallback(TrainerCallback):  # type: ignore[misc]
    """Records what the trainer logs, and its arguments as params.

    Args:
        experiment: groups runs; `Default` unless given.
        run: a run that is there already; the program then ends it.
        watch: whether the variance of every layer is recorded.
        options: as of `varve.run`.

    """

    def __init__(
        self, experiment: Optional[str] = None, run: Optional[Run] = None, watch: bool = True, **options: Any
    ) -> None:
        self._recorder = Recorder(experiment, run, options)
        self._watches = watch

    @property
    def run(self) -> Run:
        """The run."""
        return self._recorder.run

    def on_train_begin(self, args: Any, state: Any, control: Any, model: Any = None, **_: Any) -> None:
        """Begin the run."""
        if not state.is_world_process_zero:
            return
        if state.is_hyper_param_search:
            # Each trial is a run of its own.
            self._recorder = self._recorder.following()
        options = self._recorder._options
        if not self._recorder.has_begun:
            if options.get("name") is None:
                options["name"] = state.trial_name or getattr(args, "run_name", None)
            if options.get("seed") is None:
                options["seed"] = getattr(args, "seed", None)
            # Folders are not what two runs differ in.
            options["ignore"] = [*options.get("ignore", ()), "output_dir", "logging_dir", "run_name"]
        self._recorder.add_params(args.to_sanitized_dict())
        config = getattr(model, "config", None)
        if config is not None:
            self._recorder.add_params({"model": config.to_dict()})
        if self._watches and model is not None:
            self._recorder.run.watch(model, start=state.global_step)

    def on_log(self, args: Any, state: Any, control: Any, logs: Optional[dict[str, Any]] = None, **_: Any) -> None:
        """Record what is logged."""
        if state.is_world_process_zero and logs:
            self._recorder.log(logs, state.global_step)

    def on_predict(self, args: Any, state: Any, control: Any, metrics: Optional[dict[str, Any]] = None, **_: Any) -> None:
        """Record the metrics of a test."""
        if state.is_world_process_zero and metrics:
            self._recorder.log(metrics, state.global_step)

    def on_train_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """End the run when the program ends, which may evaluate before."""
        if state.is_world_process_zero:
            self._recorder.expect()
