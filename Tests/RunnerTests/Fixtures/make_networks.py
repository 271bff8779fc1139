"""Writes networks.json from MNIST-1D as `varve dataset export mnist1d --output mnist1d.npz` gives it:

    pip install torch==2.13.0 numpy; python make_networks.py mnist1d.npz
"""

import hashlib
import json
import pathlib
import sys

import numpy
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

ABOUT = (
    "Networks of the notebook's size on MNIST-1D after torch.manual_seed(seed), He initialisation, SGD with the notebook's"
    " learning rate and momentum unless told. layernorm is nn.LayerNorm(100) inside each branch, before the relu."
    " steps: one step; the seven variances, the loss, and mean, l2 and rms of every parameter after the update: compare"
    " |mean - mean'| <= tolerance * rms and |l2 - l2'| <= tolerance * l2, with 1e-5 for linear*.weight and"
    " vector_tolerance for the others; closest_relu is the smallest |input| of any relu: below 5e-6 another order of"
    " summation can flip that relu, which moves biases by some 1e-3, hence the wider vector_tolerance there."
    " trajectories: loss and variances of 50 steps, before each update, and by step the largest relative difference so far"
    " (noise) of the float32 run and of 12 float64 runs with float32-sized noise on weights and inputs from the exact"
    " float64 run: compare step 0 within 1e-5, step i within max(1e-5, 10 * noise[i]) while noise[i] < 1e-3. evaluations:"
    " after each of two epochs, in evaluation mode on the whole validation split, the mean cross entropy and the number"
    " of right answers (argmax), with the same kind of noise: the relative difference of the loss and the difference of"
    " the number; batch_order_sha256 is over the indices of both epochs (int64 little-endian). divergences: with a"
    " learning rate far too large, the first step at which a variance or the loss is not finite, and the first such"
    " variance's position (null: the loss alone), where eight float32 runs with such noise agree."
)

BLOCKS, WIDTH = 5, 100


class ResidualNetwork(nn.Module):
    def __init__(self, architecture):
        super().__init__()
        self.architecture = architecture
        for j in range(1, BLOCKS + 3):
            inputs, outputs = 40 if j == 1 else WIDTH, 10 if j == BLOCKS + 2 else WIDTH
            inside = 2 <= j <= BLOCKS + 1
            if architecture == "batchnorm" or architecture == "branchnorm" and inside:
                setattr(self, f"batchnorm{j}", nn.BatchNorm1d(inputs))
            if architecture == "layernorm" and inside:
                setattr(self, f"layernorm{j}", nn.LayerNorm(inputs))
            setattr(self, f"linear{j}", nn.Linear(inputs, outputs))

    def forward(self, x):
        self.variances, self.closest_relu = [], numpy.inf
        self.measure(x)
        if self.architecture == "batchnorm":
            x = self.batchnorm1(x)
        f = self.linear1(x)
        self.measure(f)
        for j in range(2, BLOCKS + 2):
            if self.architecture == "batchnorm":
                f = getattr(self, f"batchnorm{j}")(f)
            norm = {"branchnorm": f"batchnorm{j}", "layernorm": f"layernorm{j}"}.get(self.architecture)
            branch = getattr(self, norm)(f) if norm else f
            self.closest_relu = min(self.closest_relu, branch.detach().abs().min().item())
            f = f + getattr(self, f"linear{j}")(branch.relu())
            if self.architecture == "batchnorm" and j == BLOCKS + 1:
                f = self.batchnorm7(f)
            self.measure(f)
        return getattr(self, f"linear{BLOCKS + 2}")(f)

    def measure(self, x):
        self.variances.append(numpy.mean(numpy.var(x.detach().numpy(), axis=0)))


def weights_init(layer):
    if isinstance(layer, nn.Linear):
        nn.init.kaiming_uniform_(layer.weight)
        layer.bias.data.fill_(0.0)


class Run:
    """One run; with dtype float64 exact for our purposes, with noise from a float32's last place."""

    def __init__(self, data, architecture, seed, batch_size=200, lr=0.05, dtype=torch.float32, noise=None):
        torch.manual_seed(seed)
        self.model = ResidualNetwork(architecture)
        self.model.apply(weights_init)
        self.stream = torch.get_rng_state()
        self.data = [tensor.to(dtype) if tensor.is_floating_point() else tensor for tensor in data]
        self.model.to(dtype)
        if noise is not None:
            torch.manual_seed(noise)
            tensors = [p.data for name, p in self.model.named_parameters() if "linear" in name and "weight" in name]
            self.data[0], self.data[2] = self.data[0].clone(), self.data[2].clone()
            for tensor in tensors + [self.data[0], self.data[2]]:
                tensor *= 1 + 2.0**-24 * (2 * torch.rand(tensor.shape, dtype=tensor.dtype) - 1)
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=lr, momentum=0.9)
        self.loss_function = nn.CrossEntropyLoss()
        indices = torch.arange(len(self.data[0]))
        self.loader = DataLoader(TensorDataset(*self.data[:2], indices), batch_size=batch_size, shuffle=True)
        self.batches, self.order = self.forever(), hashlib.sha256()

    def forever(self):
        while True:
            yield from self.loader

    def step(self):
        """Does one step: the loss and the variances before it."""
        torch.set_rng_state(self.stream)  # Runs go on side by side, each in its own stream.
        inputs, labels, indices = next(self.batches)
        self.order.update(indices.numpy().tobytes())
        self.stream = torch.get_rng_state()
        self.optimizer.zero_grad()
        loss = self.loss_function(self.model(inputs), labels)
        loss.backward()
        self.optimizer.step()
        return [loss.item()] + [float(variance) for variance in self.model.variances]

    def evaluate(self):
        self.model.eval()
        with torch.no_grad():
            logits = self.model(self.data[2])
            loss = self.loss_function(logits, self.data[3]).item()
        self.model.train()
        return loss, int((logits.argmax(1) == self.data[3]).sum())


def runs_with_noise(**arguments):
    """The float32 run, the exact one, and all that show what rounding can do."""
    float32, exact = Run(**arguments), Run(dtype=torch.float64, **arguments)
    noisy = [Run(dtype=torch.float64, noise=i, **arguments) for i in range(12)]
    return float32, exact, [float32] + noisy


def relative(values, exact):
    return float(numpy.max(numpy.abs(numpy.array(values) - exact) / numpy.abs(exact)))


def two_digits(value):
    return float(f"{value:.1e}")


def one_step(data, seed):
    run = Run(data, "layernorm", seed)
    loss, *variances = run.step()

    def summary(p):
        values = p.detach().numpy().astype(numpy.float64).ravel()
        return {
            "mean": values.mean(),
            "l2": numpy.sqrt((values**2).sum()),
            "rms": numpy.sqrt((values**2).mean()),
        }

    return {
        "seed": seed,
        "variances": variances,
        "loss": loss,
        "after_step": {name: summary(p) for name, p in run.model.named_parameters()},
        "closest_relu": two_digits(run.model.closest_relu),
        "vector_tolerance": 1e-5 if run.model.closest_relu >= 5e-6 else 0.02,
    }


def trajectory(data, seed, steps=50):
    float32, exact, all_runs = runs_with_noise(data=data, architecture="layernorm", seed=seed)
    loss, variances, noise = [], [], []
    for _ in range(steps):
        truth = exact.step()
        rows = [run.step() for run in all_runs]
        loss.append(rows[0][0])
        variances.append(rows[0][1:])
        noise.append(max(noise[-1:] + [two_digits(max(relative(row, truth) for row in rows))]))
    return {"seed": seed, "loss": loss, "variances": variances, "noise": noise}


def evaluation(data, architecture, seed, batch_size):
    float32, exact, all_runs = runs_with_noise(data=data, architecture=architecture, seed=seed, batch_size=batch_size)
    steps = len(float32.loader)
    epochs = []
    for epoch in range(2):
        for run in [exact] + all_runs:
            for _ in range(steps):
                run.step()
        loss, right = exact.evaluate()
        results = [run.evaluate() for run in all_runs]
        epochs.append(
            {
                "step": (epoch + 1) * steps - 1,
                "loss": results[0][0],
                "right": results[0][1],
                "loss_noise": two_digits(max(abs(result[0] - loss) / loss for result in results)),
                "right_noise": max(abs(result[1] - right) for result in results),
            }
        )
    return {
        "seed": seed,
        "architecture": architecture,
        "batch_size": batch_size,
        "batch_order_sha256": float32.order.hexdigest(),
        "epochs": epochs,
    }


def divergence(data, architecture, seed, lr):
    def first(noise):
        run = Run(data, architecture, seed, lr=lr, noise=noise)
        for step in range(40):
            loss, *variances = run.step()
            layers = [i for i, variance in enumerate(variances) if not numpy.isfinite(variance)]
            if layers or not numpy.isfinite(loss):
                return {"step": step, "layer": layers[0] if layers else None}

    found = first(None)
    if any(first(noise) != found for noise in range(8)):
        return None
    return {"seed": seed, "architecture": architecture, "learning_rate": lr} | found


def main():
    torch.set_num_threads(1)
    numpy.seterr(all="ignore")
    archive = numpy.load(sys.argv[1])
    data = [
        torch.tensor(archive[name].astype(kind))
        for name, kind in [("x", "float32"), ("y", "int64"), ("x_test", "float32"), ("y_test", "int64")]
    ]
    architectures = ["plain", "batchnorm", "branchnorm", "layernorm"]
    vectors = {
        "about": ABOUT,
        "made_with": {
            "torch": torch.__version__,
            "numpy": numpy.__version__,
            "cpu_capability": torch.backends.cpu.get_cpu_capability(),
            "threads": torch.get_num_threads(),
            "inputs_sha256": hashlib.sha256(data[0].numpy().tobytes()).hexdigest(),
        },
        "steps": [one_step(data, seed) for seed in range(10)],
        "trajectories": [trajectory(data, seed) for seed in range(3)],
        "evaluations": [
            evaluation(data, architecture, seed, batch_size)
            for architecture in architectures
            for batch_size, seeds in [(200, range(3)), (1500, range(2))]
            for seed in seeds
        ],
        "divergences": [
            found
            for architecture in architectures
            for seed, lr in [(0, 1000), (1, 1000), (0, 100), (1, 10)]
            if (found := divergence(data, architecture, seed, lr))
        ],
    }
    # One record a line.
    parts = [
        f' "{key}": '
        + ("[\n  " + ",\n  ".join(map(json.dumps, part)) + "\n ]" if isinstance(part, list) else json.dumps(part))
        for key, part in vectors.items()
    ]
    path = pathlib.Path(__file__).with_name("networks.json")
    path.write_text("{\n" + ",\n".join(parts) + "\n}\n")


main()
