"""Writes measures.json from MNIST-1D as `varve dataset export mnist1d --output mnist1d.npz` gives it:

    pip install torch==2.13.0 numpy; python make_measures.py mnist1d.npz
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
    "What is measured at the layers in a step, in double, of networks with He initialisation that were trained with the"
    " notebook's learning rate and momentum in double from torch.manual_seed(seed) on. Each list is by position: Input,"
    " First preactivation, and the sums, the last of batchnorm behind its norm. population_mean, second_moment and"
    " gradient_second_moment: means over the units; the gradient is autograd's of the batch's mean loss, times the"
    " batch's size. dead_share: of the units whose relu is 0 in the whole batch, from the first preactivation to the last"
    " sum but one; with closest, the smallest |input| of any relu of a unit that would change it: below 1e-4 a record is"
    " left out. A short batch is the last of an epoch. Compare within 1e-5."
)


class ResidualNetwork(nn.Module):
    """Notes the tensors at the layers and what the relus make of them by hooks."""

    def __init__(self, architecture, blocks, width):
        super().__init__()
        self.architecture, self.blocks = architecture, blocks
        for j in range(1, blocks + 3):
            inputs, outputs = 40 if j == 1 else width, 10 if j == blocks + 2 else width
            inside = 2 <= j <= blocks + 1
            if architecture == "batchnorm" or architecture == "branchnorm" and inside:
                setattr(self, f"batchnorm{j}", nn.BatchNorm1d(inputs))
            if architecture == "layernorm" and inside:
                setattr(self, f"layernorm{j}", nn.LayerNorm(inputs))
            setattr(self, f"linear{j}", nn.Linear(inputs, outputs))
        self.place, self.relu = nn.Identity(), nn.ReLU()
        self.place.register_forward_hook(lambda module, inputs, output: self.places.append(output))
        self.relu.register_forward_hook(lambda module, inputs, output: self.relus.append(inputs[0].detach()))

    def forward(self, x):
        self.places, self.relus = [], []
        x = self.place(x)
        if self.architecture == "batchnorm":
            x = self.batchnorm1(x)
        f = self.place(self.linear1(x))
        last = self.blocks + 1
        for j in range(2, last + 1):
            if self.architecture == "batchnorm":
                f = getattr(self, f"batchnorm{j}")(f)
            norm = {"branchnorm": f"batchnorm{j}", "layernorm": f"layernorm{j}"}.get(self.architecture)
            branch = getattr(self, norm)(f) if norm else f
            f = f + getattr(self, f"linear{j}")(self.relu(branch))
            if self.architecture == "batchnorm" and j == last:
                f = getattr(self, f"batchnorm{last + 1}")(f)
            f = self.place(f)
        return getattr(self, f"linear{last + 1}")(f)


def weights_init(layer):
    if isinstance(layer, nn.Linear):
        nn.init.kaiming_uniform_(layer.weight)
        layer.bias.data.fill_(0.0)


def measure(model, inputs, labels):
    """One pass forward and backward: the measures by the words under which they are stored."""
    loss = nn.functional.cross_entropy(model(inputs), labels)
    gradients = torch.autograd.grad(loss, model.places, retain_graph=True)
    dead = [(x <= 0).all(0) for x in model.relus]
    # A unit's greatest input decides.
    closest = min(x.max(0).values.abs().min().item() for x in model.relus)
    return loss, closest, {
        "population_mean": [x.detach().var(0, correction=0).mean().item() for x in model.places],
        "second_moment": [(x.detach() ** 2).mean().item() for x in model.places],
        "gradient_second_moment": [((len(inputs) * g) ** 2).mean().item() for g in gradients],
        "dead_share": [d.double().mean().item() for d in dead],
    }


def records(data, architecture, seed, steps, blocks=5, width=100, batch_size=200, lr=0.05):
    torch.manual_seed(seed)
    model = ResidualNetwork(architecture, blocks, width)
    model.apply(weights_init)
    model.double()
    loader = DataLoader(TensorDataset(*data), batch_size=batch_size, shuffle=True)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    found = []
    step = 0
    while step <= max(steps):
        for inputs, labels in loader:
            inputs = inputs.double().requires_grad_()
            loss, closest, values = measure(model, inputs, labels)
            if step in steps and closest >= 1e-4:
                found.append(
                    {
                        "architecture": architecture,
                        "seed": seed,
                        "blocks": blocks,
                        "width": width,
                        "batch_size": batch_size,
                        "learning_rate": lr,
                        "step": step,
                        "examples": len(inputs),
                        "measures": values,
                    }
                )
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            step += 1
            if step > max(steps):
                break
    return found


def main():
    torch.set_num_threads(1)
    archive = numpy.load(sys.argv[1])
    data = [torch.tensor(archive["x"].astype("float32")), torch.tensor(archive["y"].astype("int64"))]
    found = []
    for architecture in ["plain", "batchnorm", "branchnorm", "layernorm"]:
        for seed in range(3):
            found += records(data, architecture, seed, [0, 3])
        found += records(data, architecture, 4, [0, 2], blocks=3, width=18)
        # 4000 = 2 · 1500 + 1000.
        found += records(data, architecture, 5, [1, 2], blocks=4, width=37, batch_size=1500)
        # Some units die here.
        found += records(data, architecture, 6, [0], blocks=12, width=33, batch_size=7)
    vectors = {
        "about": ABOUT,
        "made_with": {
            "torch": torch.__version__,
            "numpy": numpy.__version__,
            "inputs_sha256": hashlib.sha256(data[0].numpy().tobytes()).hexdigest(),
        },
    }
    lines = [f' "{key}": {json.dumps(part)}' for key, part in vectors.items()]
    lines.append(' "records": [\n  ' + ",\n  ".join(map(json.dumps, found)) + "\n ]")
    pathlib.Path(__file__).with_name("measures.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
    for record in found:
        print(record["architecture"], record["seed"], record["step"], record["examples"], record["measures"]["dead_share"])


main()
