"""Writes the well-formed inputs that fuzzing begins with: python3 seeds.py TARGET FOLDER."""
import base64
import json
import pathlib
import struct
import sys

FIXTURES = pathlib.Path(__file__).parents[2] / "Tests/RunnerTests/Fixtures"


def bytes_of(fixture, key):
    return [base64.b64decode(entry.get("base64") or entry["bytes"]) for entry in json.loads((FIXTURES / fixture).read_text())[key]]


def safetensors():
    tensors = {"linear1.weight": ("F32", [2, 2], 16), "count": ("I64", [], 8), "half": ("F16", [3], 6)}
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name, (dtype, shape, size) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + size]}
        data += bytes(range(size))
    text = json.dumps(header).encode()
    return [struct.pack("<Q", len(text)) + text + data, struct.pack("<Q", 2) + b"{}"]


FILTERS = [
    "architecture = 'plain' AND (seed < 10 OR tags.note LIKE '%drift%') AND NOT metrics.loss >= 2.5",
    "params.width IN (100, '200', -1.5e-3, inf) OR variance.residual1 IS NOT NULL",
    "started >= '2026-11-24T10:00:00+01:00' AND ended < 1700000000000 AND status != 'killed'",
    "metrics.`val loss` > .5 AND params.\"a \"\"b\" NOT IN ('x''y') AND name ILIKE '_x%' AND uuid = 'ab'",
    "NOT (NOT (experiment = 'Default')) AND dataset IS NULL",
    "-metrics.loss, seed DESC, tags.note ASC, variance.residual5",
]
LINES = [
    '{"step": 0, "layer": "residual1", "variance": 3.2, "name": "r1", "position": 2, "measure": "m", "after_norm": true}',
    '{"step": 1, "metric": "loss", "value": NaN, "timestamp": 1700000000000}',
    '{"param": "lr", "value": [1, {"a": null}, "\\u00e9\\ud83d\\ude00\\n"]}',
    '{"tag": "note", "value": "first try"}\r\n\n{"param":"x","value":-0.5e-3}',
    '{"end": "failed"}',
]
SEEDS = {
    "pickle": lambda: bytes_of("datasets.json", "pickles") + bytes_of("formats.json", "pickles"),
    "npz": lambda: bytes_of("datasets.json", "npz") + bytes_of("formats.json", "npz"),
    "npy": lambda: bytes_of("formats.json", "npy"),
    "safetensors": safetensors,
    "filter": lambda: [text.encode() for text in FILTERS],
    "log": lambda: [text.encode() for text in LINES] + ["\n".join(LINES).encode()],
}

target, folder = sys.argv[1], pathlib.Path(sys.argv[2])
folder.mkdir(exist_ok=True)
for index, content in enumerate(SEEDS[target]()):
    (folder / f"seed{index}").write_bytes(content)
