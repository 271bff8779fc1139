"""Writes initialization.json: pip install torch==2.13.0 numpy; python make_initialization.py"""

import hashlib
import json
import math
import pathlib
import struct

import numpy
import torch
from torch import nn

ABOUT = (
    "normals: float32 tensors of the given sizes, filled one after another by normal_(0, deviation) from a generator seeded"
    " with seed; the bits of the first 8 of all values in a row (big-endian hex), the SHA-256 over them all (little-endian"
    " float32), and the generator's next 32-bit output afterwards. A tensor of fewer than 16 elements takes one value"
    " after another from normal_distribution<double>, whose second value waits in the generator for the next such tensor;"
    " a larger one takes the vectors of 16, the last 16 anew if the size is no multiple. From 16 elements on these are the"
    " bits of x86 with AVX2 or AVX-512. models: seed; linear1 (features to width), blocks of width to width, a last one"
    " to classes, all constructed; then the initialiser on each weight in that order and zeros in its bias (default:"
    " neither). sha256 is over weight and bias of all layers in order, first4_bits of each weight. deviations: the"
    " initialisers' doubles, kaiming_normal_'s standard deviation and xavier_uniform_'s bound."
)

INITIALISERS = {
    "he-uniform": nn.init.kaiming_uniform_,
    "he-normal": nn.init.kaiming_normal_,
    "xavier-uniform": nn.init.xavier_uniform_,
    "default": None,
}


def next_word():
    """The generator's next raw output: the high half of the 64 bits that this draws."""
    return (torch.empty((), dtype=torch.int64).random_(-(2**63), None).item() >> 32) & 0xFFFFFFFF


def bits(values):
    return [f"{word:08x}" for word in values.view(numpy.uint32)]


def normals(seed, deviation, sizes):
    torch.manual_seed(seed)
    values = numpy.concatenate([torch.empty(size).normal_(0, deviation).numpy() for size in sizes])
    return {
        "seed": seed,
        "deviation": deviation,
        "sizes": sizes,
        "first8_bits": bits(values[:8]),
        "sha256": hashlib.sha256(values.tobytes()).hexdigest(),
        "next_word": next_word(),
    }


def model(seed, initialization, features, width, blocks, classes):
    torch.manual_seed(seed)
    sizes = [features] + [width] * (blocks + 1) + [classes]
    layers = [nn.Linear(inputs, outputs) for inputs, outputs in zip(sizes, sizes[1:])]
    initialise = INITIALISERS[initialization]
    if initialise is not None:
        for layer in layers:
            initialise(layer.weight)
            layer.bias.data.fill_(0.0)
    tensors = [tensor.detach().numpy() for layer in layers for tensor in (layer.weight, layer.bias)]
    return {
        "seed": seed,
        "initialization": initialization,
        "features": features,
        "width": width,
        "blocks": blocks,
        "classes": classes,
        "first4_bits": [bits(tensor.ravel()[:4]) for tensor in tensors[::2]],
        "sha256": hashlib.sha256(b"".join(tensor.tobytes() for tensor in tensors)).hexdigest(),
        "next_word": next_word(),
    }


def deviation(inputs, outputs):
    def hexadecimal(value):
        return struct.pack(">d", value).hex()

    return {
        "inputs": inputs,
        "outputs": outputs,
        "he_normal_bits64": hexadecimal(nn.init.calculate_gain("leaky_relu", 0) / math.sqrt(inputs)),
        "xavier_bound_bits64": hexadecimal(math.sqrt(3.0) * (1.0 * math.sqrt(2.0 / float(inputs + outputs)))),
    }


def main():
    torch.set_num_threads(1)
    sizes = [1, 2, 7, 8, 15, 16, 17, 31, 32, 33, 100, 625, 1000, 4000, 10000]
    vectors = {
        "about": ABOUT,
        "made_with": {
            "torch": torch.__version__,
            "numpy": numpy.__version__,
            "cpu_capability": torch.backends.cpu.get_cpu_capability(),
            "threads": torch.get_num_threads(),
        },
        "normals": [normals(7, 1.0, [size]) for size in sizes]
        + [normals(seed, math.sqrt(2.0 / 100), [10000]) for seed in (0, 1, 4294967295)]
        + [normals(0, 1.0, [1000003]), normals(1, 0.3, [15] * 2000)]
        + [normals(3, 0.5, [9, 9, 40, 1, 3, 16, 15, 15, 2, 100, 1, 1])],
        "models": [
            model(seed, initialization, *shape)
            for initialization in INITIALISERS
            for seed, shape in [
                (0, (40, 100, 5, 10)),
                (1, (40, 100, 5, 10)),
                (2, (7, 37, 2, 19)),
                (3, (5, 3, 4, 4)),
                (4, (1, 1, 1, 2)),
                (5, (40, 250, 2, 10)),
            ]
        ],
        "deviations": [
            deviation(*pair) for pair in [(1, 1), (2, 1), (3, 3), (7, 37), (40, 100), (100, 100), (100, 10), (8192, 8192)]
        ],
    }
    # One record a line.
    parts = [
        f' "{key}": '
        + ("[\n  " + ",\n  ".join(map(json.dumps, part)) + "\n ]" if isinstance(part, list) else json.dumps(part))
        for key, part in vectors.items()
    ]
    path = pathlib.Path(__file__).with_name("initialization.json")
    path.write_text("{\n" + ",\n".join(parts) + "\n}\n")


main()
