"""Runs of other trackers, read by their owner's own reader.

Each function returns the numbers of the runs that it recorded. Importing again records them again. Of a file that is cut off
what is before that is recorded, and what is left out is told by a `RecordingWarning`.
"""

from __future__ import annotations

import csv as _csv
import json
import math
import os
import re
import struct
import subprocess
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional, Union

from . import _binary, _values
from ._errors import RecordingWarning, VarveError
from ._transport import encode

if TYPE_CHECKING:
    from typing import TypeGuard

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
        for file in place.glob("*tfevents*"):
            _tell_where_events_end(file)
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


def _tell_where_events_end(file: Path) -> None:
    """Say where an event file is cut off: its reader stops there without a word."""
    size = file.stat().st_size
    at = 0
    with file.open("rb") as source:
        while at < size:
            source.seek(at)
            head = source.read(8)
            # A length, its checksum, so many bytes, their checksum.
            end = at + 16 + int.from_bytes(head, "little")
            if len(head) < 8 or end > size:
                _tell(f"{file} is cut off or damaged after byte {at}: what is before that is recorded")
                return
            at = end


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
        yield _step(step, {key: value}, time)
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
                _tell(f"{file} is damaged before byte {position} ({error}): what is before that is recorded")
                return
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
        items = {".".join(item.nested_key) or item.key: _value(item.value_json) for item in record.history.item}
        step = record.history.step.num if record.history.HasField("step") else number
        said = items.get("_step")
        if isinstance(said, (int, float)) and math.isfinite(said):
            step = int(said)
        values = {key: value for key, value in items.items() if not key.startswith("_") and _is_number(value)}
        time = items.get("_timestamp")
        latest = time if _is_number(time) else latest
        logged |= set(values)
        if values:
            yield _step(step, values, time)
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
                summary[key] = _value(item.value_json)
    left = {key: value for key, value in summary.items() if key not in logged and key[:1] != "_" and _is_number(value)}
    if left:
        yield _step(0, left, None)


def _take_config(update: Any, params: dict[str, Any]) -> None:
    for item in update:
        key = ".".join(item.nested_key) or item.key
        if key and not key.startswith("_wandb"):
            params.update(_values.params({key: _value(item.value_json)}))


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def mlflow_files(folder: PathLike, *, experiment: Optional[str] = None, store: Optional[PathLike] = None) -> list[int]:
    """Record the runs of MLflow's file store (`mlruns`): params, metrics, tags, how they ended."""
    os.environ.setdefault("MLFLOW_ALLOW_FILE_STORE", "true")
    from mlflow.entities import ViewType
    from mlflow.store.tracking.file_store import FileStore

    root = Path(folder)
    if not root.is_dir():
        raise VarveError(f"{root} is no folder: name MLflow's mlruns", status=66)
    # MLflow makes folders in what is no store of its.
    if next(root.glob("*/meta.yaml"), None) is None:
        raise VarveError(f"{root} has no runs of MLflow", status=66)
    source = FileStore(str(root))
    numbers = []
    for found in source.search_experiments(view_type=ViewType.ACTIVE_ONLY, max_results=10_000):
        runs = []
        for place in root.glob(f"{found.experiment_id}/*/meta.yaml"):
            try:
                runs.append(source.get_run(place.parent.name))
            except Exception as error:  # MLflow raises what its readers of YAML and of lines raise.
                _tell(f"the run in {place.parent} cannot be read, and is left out: {' '.join(str(error).split())}")
        for run in sorted(runs, key=lambda run: run.info.start_time or 0):
            if run.info.lifecycle_stage == "active":
                numbers.append(_record(_mlflow_lines(source, run, experiment or found.name), store))
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
            yield _step(int(metric.step), {key: metric.value}, metric.timestamp / 1000)
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
            columns = rows.fieldnames = [column.strip() for column in rows.fieldnames or []]
            if columns.count(step) != 1:
                found = f"{len(columns)} columns" if len(columns) > 20 else ", ".join(map(repr, columns)) or "nothing"
                many = "more than one" if step in columns else "no"
                raise VarveError(f"{path} has {many} column {step!r}: it has {found}", status=65)
            for column in sorted({column for column in columns if column and columns.count(column) > 1}):
                _tell(f"{path} has more than one column {column[:60]!r}: the last of them is recorded")
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
        at = _number_in(text)
        if at is None or (isinstance(at, float) and not at.is_integer()):
            raise VarveError(f"{path}, line {number}: the step is {text[:60]!r}: give a whole number", status=65)
        values = {}
        for key, value in row.items():
            if not key or key == step or not isinstance(value, str):
                continue
            found = _number_in(value)
            if found is not None:
                values[key] = found
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
        if isinstance(seed, int) and not isinstance(seed, bool) and -(2**63) <= seed < 2**63:
            facts["seed"] = seed
    if _is_time(started):
        facts["started"] = int(started * 1000)
    return {"begin": facts}


def _step(step: int, values: dict[str, Any], time: Any) -> dict[str, Any]:
    numbers = {key: _values.number(key, float(value) if isinstance(value, str) else value) for key, value in values.items()}
    line: dict[str, Any] = {"step": step, "metrics": numbers}
    if _is_time(time):
        line["timestamp"] = int(time * 1000)
    return line


def _end(status: str, time: Optional[float]) -> dict[str, Any]:
    line: dict[str, Any] = {"end": status}
    if _is_time(time):
        line["timestamp"] = int(time * 1000)
    return line


def _is_time(seconds: Any) -> TypeGuard[float]:
    """Tell whether it is a time that a clock shows, in the years 1 to 9999."""
    return isinstance(seconds, (int, float)) and -62_135_596_800 <= seconds < 253_402_300_800


def _is_number(value: Any) -> bool:
    if isinstance(value, str):
        return value in ("NaN", "Infinity", "-Infinity")
    return isinstance(value, (int, float)) and not isinstance(value, bool)


_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")


def _typed(text: Any) -> Any:
    """Return the number that a text is as programs write it, else the text: 007 is a name."""
    found = _NUMBER.fullmatch(text) if isinstance(text, str) and len(text) < 400 else None
    if found is None:
        return text
    number = int(text) if found[2] is None and found[3] is None else float(text)
    return number if -math.inf < number < math.inf else text


def _number_in(text: str) -> Optional[Union[int, float]]:
    """Return the number in a field of a table; None where there is none."""
    text = text.strip()
    if "_" in text or len(text) > 4000:
        return None
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return None


def _record(lines: Iterable[dict[str, Any]], store: Optional[PathLike]) -> int:
    """Record a run with `varve log`, and return its number."""
    command = [_binary.find(), "log", "--quiet", "--format", "json"]
    if store is not None:
        command += ["--store", os.fspath(store)]
    text = "".join(encode(line) + "\n" for line in _without_bad_keys(lines))
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    output, errors = child.communicate(text.encode())
    said = errors.decode("utf-8", "replace").strip()
    if child.returncode not in (0, 65) or not output:
        raise VarveError(said or f"varve log ended with status {child.returncode}", status=child.returncode)
    if said:
        _tell(said)
    return int(json.loads(output.splitlines()[0])["run"])


def _without_bad_keys(lines: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Leave out values whose names the store does not take; it would pass over their whole line."""
    told: list[str] = []
    for line in lines:
        begin = line.get("begin", {})
        for holder, member in ((line, "metrics"), (begin, "params"), (begin, "tags")):
            if member in holder:
                holder[member] = _values.taken(member[:-1], holder[member], told)
        if line.get("metrics") != {}:
            yield line
    for text in dict.fromkeys(told):
        _tell(text)


def _tell(text: str) -> None:
    warnings.warn(RecordingWarning(text), stacklevel=2)
