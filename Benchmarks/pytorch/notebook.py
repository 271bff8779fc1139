"""The notebook's networks in PyTorch eager on one thread, timed: the other side of `varve-bench`.

    python3 notebook.py step | model | notebook

`step` and `model` print lines like those of `varve-bench`, in CPU time of the thread. `notebook` is the notebook as a
script, from top to bottom with its output. The data are random numbers of MNIST-1D's shape: the times do not depend on them.
Needs `pip install torch==2.13.0` (the CPU build) and numpy.
"""

import json
import statistics
import sys
import time

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

FEATURES, WIDTH, CLASSES, BLOCKS, BATCH = 40, 100, 10, 5, 200
ORDINALS = ["first", "second", "third", "fourth", "fifth"]


def variance(name, data, report):
    """The notebook's print_variance, with the printing left to `report`."""
    report(name, np.mean(np.var(data.detach().numpy(), axis=0)))


class ResidualNetwork(nn.Module):
    """plain and batchnorm are the notebook's two classes; branchnorm has its norms inside the branches."""

    def __init__(self, architecture, report):
        super().__init__()
        self.architecture, self.report = architecture, report
        for j in range(1, BLOCKS + 3):
            inputs = FEATURES if j == 1 else WIDTH
            if architecture == "batchnorm" or architecture == "branchnorm" and 2 <= j <= BLOCKS + 1:
                setattr(self, f"batchnorm{j}", nn.BatchNorm1d(inputs))
            setattr(self, f"linear{j}", nn.Linear(inputs, CLASSES if j == BLOCKS + 2 else WIDTH))

    def forward(self, x):
        variance("Input", x, self.report)
        if self.architecture == "batchnorm":
            x = self.batchnorm1(x)
        f = self.linear1(x)
        variance("First preactivation", f, self.report)
        for j in range(2, BLOCKS + 2):
            linear = getattr(self, f"linear{j}")
            if self.architecture == "plain":
                f = f + linear(f.relu())
            elif self.architecture == "branchnorm":
                f = f + linear(getattr(self, f"batchnorm{j}")(f).relu())
            else:
                f = getattr(self, f"batchnorm{j}")(f)
                f = f + linear(f.relu())
                if j == BLOCKS + 1:
                    f = self.batchnorm7(f)
            variance(f"After {ORDINALS[j - 2]} residual connection", f, self.report)
        return getattr(self, f"linear{BLOCKS + 2}")(f)


def weights_init(layer):
    if isinstance(layer, nn.Linear):
        nn.init.kaiming_uniform_(layer.weight)
        layer.bias.data.fill_(0.0)


def fresh(architecture, seed, report=lambda name, value: None):
    torch.manual_seed(seed)
    model = ResidualNetwork(architecture, report)
    model.apply(weights_init)
    return model


def data():
    generator = torch.Generator().manual_seed(42)
    inputs = torch.randn(4000, FEATURES, generator=generator)
    return inputs, torch.randint(CLASSES, (4000,), generator=generator)


def update(model, optimizer, loss_function, inputs, labels):
    optimizer.zero_grad()
    loss = loss_function(model(inputs), labels)
    loss.backward()
    optimizer.step()


def optimizer_of(model):
    return torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)


def print_timing(bench, name, times):
    median, best = statistics.median(times) * 1e3, min(times) * 1e3
    line = {"bench": bench, "name": name, "median_ms": round(median, 4), "best_ms": round(best, 4)}
    print(json.dumps(line), flush=True)


def time_steps():
    inputs, labels = data()
    for architecture in ["plain", "batchnorm", "branchnorm"]:
        model = fresh(architecture, 0)
        optimizer, loss_function, times = optimizer_of(model), nn.CrossEntropyLoss(), []
        for step in range(400):
            rows = slice(step % 20 * BATCH, (step % 20 + 1) * BATCH)
            start = time.thread_time()
            update(model, optimizer, loss_function, inputs[rows], labels[rows])
            times.append(time.thread_time() - start)
        print_timing("step", architecture, times)


def time_models():
    for architecture in ["plain", "batchnorm", "branchnorm"]:
        times = []
        for seed in range(200):
            start = time.thread_time()
            fresh(architecture, seed)
            times.append(time.thread_time() - start)
        print_timing("model", architecture, times)


def notebook():
    inputs, labels = data()
    for architecture in ["plain", "batchnorm"]:
        model = ResidualNetwork(architecture, lambda name, value: print("%s variance=%f" % (name, value)))
        optimizer, loss_function = optimizer_of(model), nn.CrossEntropyLoss()
        loader = DataLoader(TensorDataset(inputs, labels), batch_size=BATCH, shuffle=True)
        model.apply(weights_init)
        for batch in loader:
            update(model, optimizer, loss_function, *batch)
            break


if __name__ == "__main__":
    torch.set_num_threads(1)
    {"step": time_steps, "model": time_models, "notebook": notebook}[sys.argv[1]]()
