"""Trains a small convolutional network, with or without batch norm, and prints what `varve log` records.

    python3 -u Examples/own_network.py --norm batch --seed 0 | varve log --experiment shapes

Nothing here imports Varve: every line on standard output is a JSON object. The task is made up and needs no download: to
tell in which of four ways a noisy 12 x 12 picture is striped.
"""

import argparse
import json
import math

import torch
from torch import nn


def pictures(count, generator):
    """Striped pictures [count, 1, 12, 12] and the number of their direction [count]."""
    labels = torch.randint(0, 4, (count,), generator=generator)
    angles = labels * math.pi / 4
    rows, columns = torch.meshgrid(torch.arange(12.0), torch.arange(12.0), indexing="ij")
    phases = 2 * math.pi * torch.rand(count, generator=generator)
    along = angles.cos()[:, None, None] * columns + angles.sin()[:, None, None] * rows
    stripes = torch.sin(1.2 * along + phases[:, None, None])
    noise = torch.randn(count, 12, 12, generator=generator)
    return (stripes + 1.5 * noise)[:, None], labels


def network(norm):
    """Three convolutions and a linear layer; every convolution may be followed by a batch norm."""
    layers = []
    for inputs, outputs in [(1, 8), (8, 16), (16, 16)]:
        layers.append(nn.Conv2d(inputs, outputs, 3, stride=2, padding=1))
        if norm == "batch":
            layers.append(nn.BatchNorm2d(outputs))
        layers.append(nn.ReLU())
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(64, 4))


def send(**line):
    print(json.dumps(line))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--norm", choices=["none", "batch"], default="none")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--lr", type=float, default=0.02)
    parser.add_argument("--steps", type=int, default=120)
    args = parser.parse_args()

    torch.manual_seed(args.seed)
    generator = torch.Generator().manual_seed(args.seed)
    train, validation = pictures(2000, generator), pictures(1000, generator)
    model = network(args.norm)
    optimizer = torch.optim.SGD(model.parameters(), lr=args.lr, momentum=0.9)
    params = {key: value for key, value in vars(args).items() if key != "seed"}
    send(
        begin={
            "name": f"{args.norm}-{args.seed}",
            "architecture": args.norm,
            "seed": args.seed,
            "params": params,
            "measure": "channel_variance",
        }
    )

    variances = {}

    def watch(name):
        # The population variance of a unit over batch and picture, averaged over the channels of the layer.
        def hook(_, __, output):
            if model.training:
                variances[name] = output.detach().var(dim=(0, 2, 3), correction=0).mean().item()

        return hook

    convolutions = [layer for layer in model if isinstance(layer, nn.Conv2d)]
    for number, layer in enumerate(convolutions, 1):
        layer.register_forward_hook(watch(f"conv{number}"))

    for step in range(args.steps):
        model.train()
        chosen = torch.randint(0, 2000, (64,), generator=generator)
        loss = nn.functional.cross_entropy(model(train[0][chosen]), train[1][chosen])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        metrics = {"loss": loss.item()}
        if step % 20 == 19:
            model.eval()
            with torch.no_grad():
                right = model(validation[0]).argmax(dim=1) == validation[1]
            metrics["val_accuracy"] = right.double().mean().item()
        send(step=step, metrics=metrics, variances=variances)
    send(end="finished")


main()
