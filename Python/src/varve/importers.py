"""Runs of other trackers, read by their owner's own reader.

Each function returns the numbers of the runs that it recorded. Importing again records them again.
"""

from __future__ import annotations

import csv as _csv
import json
import math
import os
import struct
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Optional, Union

from . import _binary, _values
from ._errors import VarveError
from ._transport import encode

PathLike = Union[str, "os.PathLike[str]"]

__all__ = ["csv", "mlflow_files", "tensorboard", "wandb"]


def tensorboard(
    folder: PathLike, *, experiment: Optional[str] = None, store: Optional[PathLike] = None
) -> list[int]:
    """Record each folder with event files as a run: its scalars, and what the hparams plugin says."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    root = Path(folder)
    folders = sorted({file.parent for file in root.rglob("*tfevents*") if file.is_file()})
    if not folders:
        raise VarveError(f"{root} has no event files of TensorBoard", status=66)
    numbers = []
    for place in folders:
        # 0: all of them are kept.
        events = EventAccumulator(str(place), size_guidance={"scalars": 0, "tensors": 0})
        events.Reload()
        name = str(place.relative_to(root)) if place != root else place.name
        lines = list(_tensorboard_lines(events, name, experiment or root.name))
        # The folder above those that the hparams plugin makes has nothing of its own.
        if len(lines) > 2 or "params" in lines[0]["begin"]:
            numbers.append(_record(lines, store))
    if not numbers:
        raise VarveError(f"{root} has event files of TensorBoard with neither scalars nor hyperparameters", status=66)
    return numbers


def _tensorboard_lines(events: Any, name: str, experiment: str) -> Iterator[dict[str, Any]]:
    from tensorboard.util.tensor_util import make_ndarray

    params: dict[str, Any] = {}
    values: list[tuple[int, float, str, float]] = []
    for key in events.Tags()["scalars"]:
        values += [(event.step, event.wall_time, key, event.value) for event in events.Scalars(key)]
    for key in events.Tags()["tensors"]:
        for event in events.Tensors(key):
            array = make_ndarray(event.tensor_proto)
            if array.size == 1 and array.dtype.kind in "fiub":
                values.append((event.step, event.wall_time, key, float(array.item())))
    content = _hparams_content(events)
    params.update(_hparams(content))
    values.sort(key=lambda value: (value[0], value[1]))
    started = min((time for _, time, _, _ in values), default=None)
    yield _begin(experiment, name, params, "tensorboard", started)
    for step, time, key, value in values:
        yield {"step": step, "metrics": {key: value}, "timestamp": int(time * 1000)}
    yield _end("finished", max((time for _, time, _, _ in values), default=None))


def _hparams_content(events: Any) -> dict[str, bytes]:
    try:
        return dict(events.PluginTagToContent("hparams"))
    except KeyError:
        return {}


def _hparams(content: dict[str, bytes]) -> dict[str, Any]:
    from tensorboard.plugins.hparams import plugin_data_pb2

    found: dict[str, Any] = {}
    for data in content.values():
        said = plugin_data_pb2.HParamsPluginData.FromString(data)
        for key, value in said.session_start_info.hparams.items():
            kind = value.WhichOneof("kind")
            if kind is not None:
                found[key] = getattr(value, kind)
    return found


def wandb(folder: PathLike, *, experiment: Optional[str] = None, store: Optional[PathLike] = None) -> list[int]:
    """Record the offline runs (`offline-run-…/run-….wandb`) of a folder: config, history, summary, how they ended."""
    root = Path(folder)
    files = sorted({file.resolve() for file in root.rglob("run-*.wandb")})
    if not files:
        raise VarveError(f"{root} has no offline runs of W&B (run-….wandb)", status=66)
    # What W&B had not written when it was killed is nowhere; then the file has but its head.
    written = [file for file in files if next(_wandb_records(file), None) is not None]
    if not written:
        raise VarveError(f"{root}: W&B has written nothing of these runs: {files[0].name}", status=66)
    return [_record(_wandb_lines(file, experiment), store) for file in written]


_WANDB_HEADER = struct.Struct("<4sHB")
_WANDB_PART = struct.Struct("<IHB")
_WANDB_BLOCK = 32768


def _wandb_records(file: Path) -> Iterator[Any]:
    """Return the records of a log in LevelDB's format: parts in blocks of 32 KiB, each with checksum, length and kind."""
    from wandb.proto import wandb_internal_pb2

    data = file.read_bytes()
    if len(data) < _WANDB_HEADER.size or data[:4] != b":W&B":
        raise VarveError(f"{file} is no log of W&B", status=65)
    position, whole = _WANDB_HEADER.size, b""
    while position + _WANDB_PART.size <= len(data):
        left = _WANDB_BLOCK - position % _WANDB_BLOCK
        if left < _WANDB_PART.size:
            position += left
            continue
        _, length, kind = _WANDB_PART.unpack_from(data, position)
        position += _WANDB_PART.size
        if kind == 0 or position + length > len(data):  # cut off in the middle of a record
            return
        whole += data[position : position + length]
        position += length
        if kind in (1, 4):  # whole, or the last part
            record = wandb_internal_pb2.Record()
            try:
                record.ParseFromString(whole)
            except Exception as error:
                raise VarveError(f"{file} is damaged before byte {position}: {error}", status=65) from None
            whole = b""
            yield record


def _wandb_lines(file: Path, experiment: Optional[str]) -> Iterator[dict[str, Any]]:
    records = list(_wandb_records(file))
    params: dict[str, Any] = {}
    about: Any = None
    exit_code: Optional[int] = None
    for record in records:
        kind = record.WhichOneof("record_type")
        if kind == "run":
            about = record.run
            _take_config(record.run.config.update, params)
        elif kind == "config":
            _take_config(record.config.update, params)
        elif kind == "exit":
            exit_code = record.exit.exit_code
    name = (about.display_name or about.run_id) if about is not None else file.stem
    started = about.start_time.ToMilliseconds() / 1000 if about is not None else None
    begin = _begin(experiment or (about.project if about is not None else "") or "wandb", name, params, "wandb", started)
    if about is not None:
        tags = {f"wandb.tag.{tag}": "true" for tag in about.tags}
        begin["begin"]["tags"].update({**tags, "wandb.id": about.run_id, **({"note": about.notes} if about.notes else {})})
    yield begin
    logged: set[str] = set()
    latest: Optional[float] = None
    for number, record in enumerate(record for record in records if record.WhichOneof("record_type") == "history"):
        items = {".".join(item.nested_key) or item.key: json.loads(item.value_json) for item in record.history.item}
        step = items.get("_step", record.history.step.num if record.history.HasField("step") else number)
        values = {key: value for key, value in items.items() if not key.startswith("_") and _is_number(value)}
        time = items.get("_timestamp")
        latest = time if _is_number(time) else latest
        logged |= set(values)
        if values:
            yield _step(int(step), values, time)
    yield from _wandb_summary(records, logged)
    # A run without an exit was cut off.
    yield _end("killed" if exit_code is None else "finished" if exit_code == 0 else "failed", latest)


def _wandb_summary(records: list[Any], logged: set[str]) -> Iterator[dict[str, Any]]:
    """Return what only the summary has, as metrics of step 0."""
    summary: dict[str, Any] = {}
    for record in records:
        if record.WhichOneof("record_type") == "summary":
            for item in record.summary.update:
                key = ".".join(item.nested_key) or item.key
                summary[key] = json.loads(item.value_json)
    left = {key: value for key, value in summary.items() if key not in logged and key[:1] != "_" and _is_number(value)}
    if left:
        yield _step(0, left, None)


def _take_config(update: Any, params: dict[str, Any]) -> None:
    for item in update:
        key = ".".join(item.nested_key) or item.key
        if key and not key.startswith("_wandb"):
            value = json.loads(item.value_json)
            params.update(_values.params({key: value}))


def mlflow_files(folder: PathLike, *, experiment: Optional[str] = None, store: Optional[PathLike] = None) -> list[int]:
    """Record the runs of MLflow's file store (`mlruns`): params, metrics, tags, how they ended."""
    os.environ.setdefault("MLFLOW_ALLOW_FILE_STORE", "true")
    from mlflow.entities import ViewType
    from mlflow.store.tracking.file_store import FileStore

    root = Path(folder)
    if not root.is_dir():
        raise VarveError(f"{root} is no folder: name MLflow's mlruns", status=66)
    source = FileStore(str(root))
    numbers = []
    for found in source.search_experiments(view_type=ViewType.ACTIVE_ONLY, max_results=10_000):
        token = None
        while True:
            runs = source.search_runs([found.experiment_id], "", ViewType.ACTIVE_ONLY, max_results=1000, page_token=token)
            for run in sorted(runs, key=lambda run: run.info.start_time):
                numbers.append(_record(_mlflow_lines(source, run, experiment or found.name), store))
            token = runs.token
            if not token:
                break
    if not numbers:
        raise VarveError(f"{root} has no runs of MLflow", status=66)
    return numbers


def _mlflow_lines(source: Any, run: Any, experiment: str) -> Iterator[dict[str, Any]]:
    params = {key: _typed(value) for key, value in run.data.params.items()}
    started = run.info.start_time / 1000 if run.info.start_time else None
    begin = _begin(experiment, run.info.run_name or run.info.run_id, params, "mlflow", started)
    for key, value in run.data.tags.items():
        begin["begin"]["tags"]["note" if key == "mlflow.note.content" else key] = value
    yield begin
    for key in run.data.metrics:
        for metric in source.get_metric_history(run.info.run_id, key):
            yield {"step": int(metric.step), "metrics": {key: metric.value}, "timestamp": int(metric.timestamp)}
    words = {"FINISHED": "finished", "FAILED": "failed"}
    yield _end(words.get(run.info.status, "killed"), run.info.end_time / 1000 if run.info.end_time else None)


def csv(
    file: PathLike,
    step: str = "step",
    *,
    experiment: Optional[str] = None,
    name: Optional[str] = None,
    params: Optional[Any] = None,
    store: Optional[PathLike] = None,
) -> list[int]:
    """Record a CSV file as a run: a column of steps, and columns of numbers, which may be empty in places.

    It takes what Lightning's CSVLogger writes, with the params of `hparams.yaml` beside it.
    """
    path = Path(file)
    if not path.is_file():
        raise VarveError(f"{path} is no file", status=66)
    given = {**_hparams_beside(path), **_values.params(params)}
    try:
        with path.open(newline="", encoding="utf-8-sig") as source:
            rows = _csv.DictReader(source)
            columns = rows.fieldnames or []
            if step not in columns:
                raise VarveError(f"{path} has no column {step!r}: it has {', '.join(map(repr, columns))}", status=65)
            lines = list(_csv_lines(rows, step, path, experiment, name, given))
    except (UnicodeDecodeError, _csv.Error) as error:
        raise VarveError(f"{path} cannot be read as CSV in UTF-8: {error}", status=65) from None
    if len(lines) == 2:
        raise VarveError(f"{path} has no row with a step and a number", status=65)
    return [_record(lines, store)]


def _csv_lines(
    rows: Any, step: str, path: Path, experiment: Optional[str], name: Optional[str], params: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    yield _begin(experiment or path.parent.parent.name or "csv", name or path.parent.name or path.stem, params, "csv", None)
    for number, row in enumerate(rows, 2):
        text = row[step]
        if text is None or text == "":
            continue
        try:
            at = float(text)
        except ValueError:
            raise VarveError(f"{path}, line {number}: the step is {text!r}: give a whole number", status=65) from None
        if not at.is_integer():
            raise VarveError(f"{path}, line {number}: the step is {text!r}: give a whole number", status=65)
        values = {}
        for key, value in row.items():
            if key in (None, step) or not isinstance(value, str):
                continue
            number_found = _typed(value.strip())
            if _is_number(number_found):
                values[key] = number_found
        if values:
            yield _step(int(at), values, None)
    yield _end("finished", None)


def _hparams_beside(path: Path) -> dict[str, Any]:
    file = path.with_name("hparams.yaml")
    if not file.is_file():
        return {}
    try:
        import yaml  # type: ignore[import-untyped]
    except ImportError:
        return {}
    try:
        said = yaml.safe_load(file.read_text(encoding="utf-8"))
    except yaml.YAMLError:
        return {}
    return _values.params(said) if isinstance(said, dict) else {}


# What they share.


def _begin(
    experiment: str, name: str, params: dict[str, Any], source: str, started: Optional[float]
) -> dict[str, dict[str, Any]]:
    facts: dict[str, Any] = {"experiment": experiment or "Default", "tags": {"imported_from": source}}
    if name:
        facts["name"] = name
    if params:
        facts["params"] = _values.params(params)
        seed = params.get("seed")
        if isinstance(seed, int) and not isinstance(seed, bool):
            facts["seed"] = seed
    if started is not None:
        facts["started"] = int(started * 1000)
    return {"begin": facts}


def _step(step: int, values: dict[str, Any], time: Any) -> dict[str, Any]:
    line: dict[str, Any] = {"step": step, "metrics": {key: float(value) for key, value in values.items()}}
    if _is_number(time):
        line["timestamp"] = int(float(time) * 1000)
    return line


def _end(status: str, time: Optional[float]) -> dict[str, Any]:
    line: dict[str, Any] = {"end": status}
    if time is not None:
        line["timestamp"] = int(time * 1000)
    return line


def _is_number(value: Any) -> bool:
    if isinstance(value, str):
        return value in ("NaN", "Infinity", "-Infinity")
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _typed(text: Any) -> Any:
    """Return the number that a text is, else the text."""
    if not isinstance(text, str):
        return text
    for kind in (int, float):
        try:
            value = kind(text)
        except ValueError:
            continue
        if isinstance(value, float) and not math.isfinite(value):
            return value
        return value
    return text


def _record(lines: Iterable[dict[str, Any]], store: Optional[PathLike]) -> int:
    """Record a run with `varve log`, and return its number."""
    command = [_binary.find(), "log", "--quiet", "--format", "json"]
    if store is not None:
        command += ["--store", os.fspath(store)]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    text = "".join(encode(line) + "\n" for line in lines)
    output, errors = child.communicate(text.encode())
    said = errors.decode("utf-8", "replace").strip()
    if child.returncode not in (0, 65) or not output:
        raise VarveError(said or f"varve log ended with status {child.returncode}", status=child.returncode)
    if said:
        import warnings

        from ._errors import RecordingWarning

        warnings.warn(RecordingWarning(said), stacklevel=3)
    return int(json.loads(output.splitlines()[0])["run"])
