"""Stores to look at: each function makes one with the built command and gives nothing back."""

import json
import math
import random
import subprocess


def varve(command, *words, text=None):
    """Executes the built command and gives its output back."""
    done = subprocess.run([command, *map(str, words)], input=text, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, words))}: {done.stderr}")
    return done.stdout


def lines(*objects):
    """Objects as JSON Lines."""
    return "".join(json.dumps(thing) + "\n" for thing in objects)


def sweep(command, store, seeds=20, steps=50):
    """A sweep of three architectures, with a note and tags on some runs."""
    varve(
        command, "run", "plain", "batchnorm", "branchnorm", "--store", store, "--seeds", f"0-{seeds - 1}",
        "--steps", steps, "--weights", "none",
    )
    varve(command, "note", "--store", store, 1, "The baseline: everything else is held against it.")
    varve(command, "tag", "--store", store, 1, "role=baseline")


def logged(command, store, runs=6, steps=400):
    """Runs of a small classifier with losses, accuracies and a learning rate, of two widths."""
    for number in range(runs):
        dice = random.Random(number)
        width = 128 if number % 2 else 64
        rows = [
            {
                "begin": {
                    "name": f"resnet-{width}-{number // 2}", "architecture": "resnet20", "seed": number // 2,
                    "experiment": "Widths", "params": {"width": width, "lr": 0.1, "optimizer": "sgd"},
                    "tags": {"owner": "mira" if width == 64 else "jonas"},
                }
            }
        ]
        for step in range(steps):
            fall = math.exp(-step / (90 if width == 128 else 130))
            noise = dice.gauss(0, 0.05)
            values = {"train/loss": 0.25 + 2.1 * fall + noise * (0.3 + fall), "lr": 0.1 * (1 - step / steps)}
            if step % 20 == 0:
                values["val/loss"] = 0.42 + 1.9 * fall + dice.gauss(0, 0.02)
                values["val/accuracy"] = 0.93 - 0.8 * fall - (0.02 if width == 64 else 0) + dice.gauss(0, 0.004)
            rows.append({"step": step, **values})
        rows.append({"end": "finished"})
        varve(command, "log", "--store", store, text=lines(*rows))


def diverged(command, store, steps=300, at=180):
    """A run whose loss explodes and then is no number, with the variances of four layers."""
    dice = random.Random(7)
    rows = [{"begin": {"name": "too fast", "architecture": "resnet20", "seed": 3, "params": {"width": 64, "lr": 2.0}}}]
    for step in range(steps):
        growth = math.exp(min(60, max(0, step - at + 40) / 6))
        loss = 2.3 * math.exp(-step / 120) + 1e-3 * growth + abs(dice.gauss(0, 0.02))
        layers = {f"block{n}": (1 + n) * (1 + 1e-4 * growth * (n + 1) ** 3) for n in range(4)}
        if step >= at:
            loss = math.nan
            layers = {name: math.nan if step > at + 3 else math.inf for name in layers}
        rows.append({"step": step, "metrics": {"loss": loss}, "variances": layers})
    rows.append({"end": "failed", "reason": "the loss is NaN"})
    varve(command, "log", "--store", store, text=lines(*rows))


HOSTILE = "<img src=x onerror=\"window.hurt=1\"><script>window.hurt=1</script>'\"`&\u202e"


def hostile(command, store):
    """Names that are markup, script, quotes and directions of writing, in every field that can hold text."""
    evil = HOSTILE
    rows = [
        {
            "begin": {
                "name": evil, "architecture": evil, "seed": 1, "experiment": evil,
                "params": {evil: evil, "width": evil}, "tags": {evil: evil, "note": evil + "\n\nsecond line"},
                "environment": {evil: evil},
            }
        }
    ]
    for step in range(5):
        rows.append({"step": step, "metrics": {evil: step + 0.5, "loss": 2.0 - step / 10}, "variances": {evil: 1.0 + step}})
    rows.append({"end": "finished"})
    for seed in (1, 2, 3):
        rows[0]["begin"]["seed"] = seed
        varve(command, "log", "--store", store, text=lines(*rows))


def odd(command, store):
    """NaN and infinities, very long and very odd names, many params."""
    params = {f"option_{number:04}": number for number in range(1500)}
    varve(
        command, "log", "--store", store,
        text=lines(
            {"begin": {"name": "many params " + "x" * 180, "architecture": "odd", "seed": 0, "params": params}},
            {"step": 0, "loss": math.nan, "score": math.inf, "läng/größe 学習 🎯": -math.inf, "tiny": 1e-320, "huge": 1e300},
            {"end": "finished"},
        ),
    )


def everything(command, store):
    """All of them in one store: what the pages are tried with."""
    sweep(command, store)
    logged(command, store)
    diverged(command, store)
