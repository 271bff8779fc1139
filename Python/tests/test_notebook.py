"""The notebook's two networks, trained in PyTorch with `watch` and `probe`, have the variances of `varve run`."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

import varve
from varve import _binary

ORDINALS = ["first", "second", "third", "fourth", "fifth"]
SEEDS = range(3)
STEPS = 3


class ResidualNetwork(nn.Module):
    """The notebook's two classes in one; `probe` stands where the notebook calls print_variance."""

    def __init__(self, has_norms, probe):
        super().__init__()
        self.has_norms, self.probe = has_norms, probe
        for number in range(1, 8):
            inputs, outputs = (40 if number == 1 else 100), (10 if number == 7 else 100)
            if has_norms:
                setattr(self, f"batchnorm{number}", nn.BatchNorm1d(inputs))
            setattr(self, f"linear{number}", nn.Linear(inputs, outputs))

    def forward(self, x):
        self.probe("Input", x)
        if self.has_norms:
            x = self.batchnorm1(x)
        f = self.probe("First preactivation", self.linear1(x))
        for number in range(2, 7):
            if self.has_norms:
                f = getattr(self, f"batchnorm{number}")(f)
            f = f + getattr(self, f"linear{number}")(f.relu())
            if self.has_norms and number == 6:
                f = self.batchnorm7(f)
            self.probe(f"After {ORDINALS[number - 2]} residual connection", f)
        return self.linear7(f)


def initialize(layer):
    if isinstance(layer, nn.Linear):
        nn.init.kaiming_uniform_(layer.weight)
        layer.bias.data.fill_(0.0)


def train(seed, has_norms, data, store):
    torch.manual_seed(seed)
    architecture = "batchnorm" if has_norms else "plain"
    with varve.run("pytorch", architecture=architecture, seed=seed, environment=False) as run:
        model = ResidualNetwork(has_norms, run.probe)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
        loader = DataLoader(data, batch_size=200, shuffle=True)
        model.apply(initialize)
        run.watch(model)
        for step, (inputs, labels) in enumerate(loader):
            if step == STEPS:
                break
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(inputs), labels)
            loss.backward()
            optimizer.step()
            run.log({"loss": loss})
        return run.number


def test_the_variances_of_varve_run_seed_by_seed(store, tmp_path):
    seeds = f"{SEEDS[0]}-{SEEDS[-1]}"
    _binary.ask(
        ["run", "plain", "batchnorm", "--seeds", seeds, "--steps", str(STEPS), "--weights", "none", "--quiet"], store.path
    )
    file = tmp_path / "mnist1d.npz"
    _binary.ask(["dataset", "export", "mnist1d", "--output", str(file)], store.path)
    with np.load(file) as arrays:
        names = {name: arrays[name] for name in arrays.files}
    inputs = next(value for name, value in names.items() if value.shape == (4000, 40))
    labels = next(value for name, value in names.items() if value.shape == (4000,))
    data = TensorDataset(torch.tensor(inputs.astype("float32")), torch.tensor(labels.astype("int64")))
    runs = store.ask("runs", "experiment = 'Default'")
    for ours in runs:
        number = train(ours["seed"], ours["architecture"] == "batchnorm", data, store)
        want, found = store.variances(ours["run"]), store.variances(number)
        for step in range(STEPS):
            tolerance = 1e-5
            for layer, variance in want[step].items():
                assert found[step][layer] == pytest.approx(variance, rel=tolerance), (ours, step, layer)
            # What `watch` sees of the seven by itself.
            assert found[step]["linear1"] == pytest.approx(want[step]["First preactivation"], rel=tolerance)
            if ours["architecture"] == "batchnorm":
                last = want[step]["After fifth residual connection"]
                assert found[step]["batchnorm7"] == pytest.approx(last, rel=tolerance)
        losses = dict(store.metrics(ours["run"])["loss"])
        assert dict(store.metrics(number)["loss"])[0] == pytest.approx(losses[0], rel=1e-5)
    assert len(runs) == 2 * len(SEEDS)


def test_a_comparison_of_the_notebooks_networks_in_pytorch_pairs_them_by_seed(store):
    data = TensorDataset(torch.randn(400, 40), torch.randint(0, 10, (400,)))
    for seed in range(3):
        for has_norms in (False, True):
            train(seed, has_norms, data, store)
    answer = varve.compare("plain", "batchnorm", store=store.path)
    assert answer["paired"] is True and answer["seeds"] == [0, 1, 2]
    rows = {row["layer"]: row for row in answer["layers"]}
    plain = np.mean([max(store.variances(n).items())[1]["linear3"] for n in (1, 3, 5)])
    assert rows["linear3"]["a"]["mean"] == pytest.approx(plain)
