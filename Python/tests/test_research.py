"""What researchers do in their trainings, each with values computed by other means."""

import collections
import copy
import dataclasses
from typing import NamedTuple

import pytest
import torch
from torch import nn

import varve

from test_watch import RELATIVE, Spy, check, expected, train  # isort: skip


def small():
    return nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 3))


def test_two_networks_against_each_other_each_with_its_optimiser(store):
    torch.manual_seed(0)
    generator, critic = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 4)), nn.Linear(4, 1)
    ones = [torch.optim.Adam(generator.parameters(), lr=0.01), torch.optim.Adam(critic.parameters(), lr=0.01)]
    seen = []
    with varve.run() as run:
        run.watch(generator, prefix="g.")
        run.watch(critic, prefix="d.")
        spies = Spy(generator, ["0", "2"]), Spy(critic, [""])
        for step in range(4):
            real, noise = torch.randn(16, 4), torch.randn(16, 2)
            fake = generator(noise)
            loss = critic(fake.detach()).mean() - critic(real).mean()
            ones[1].zero_grad()
            loss.backward()
            ones[1].step()
            ones[0].zero_grad()
            (-critic(fake).mean()).backward()
            ones[0].step()
            seen.append({name: outputs[-1] for name, outputs in spies[0].outputs.items()})
    recorded = store.variances()
    for step in range(4):
        for name in ("0", "2"):
            assert recorded[step][f"g.{name}"] == pytest.approx(expected(seen[step][name], 1), rel=RELATIVE)
    passes = spies[1].outputs[""]
    # The critic's third pass of a round comes after its update, before its next one.
    for step, part in enumerate([passes[0:2], passes[2:5], passes[5:8], passes[8:11], passes[11:]]):
        assert recorded[step]["d.linear"] == pytest.approx(expected(torch.cat(part), 1), rel=RELATIVE)
    assert sorted(recorded) == [0, 1, 2, 3, 4] and set(recorded[4]) == {"d.linear"}


def test_schedulers_clipping_and_a_scaler_that_skips_updates(store):
    model = small()
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.1)
    schedules = torch.optim.lr_scheduler
    parts = [schedules.LinearLR(optimizer, 0.1, total_iters=2), schedules.CosineAnnealingLR(optimizer, 5)]
    scheduler = schedules.SequentialLR(optimizer, parts, milestones=[2])
    scaler = torch.amp.GradScaler("cpu", init_scale=4.0)
    with varve.run() as run:
        run.watch(model)
        spy = Spy(model, ["0", "2"])
        for step in range(5):
            optimizer.zero_grad()
            loss = model(torch.randn(8, 4)).square().mean()
            scaler.scale(loss * (float("inf") if step == 2 else 1.0)).backward()
            scaler.unscale_(optimizer)
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            scaler.step(optimizer)
            scaler.update()
            scheduler.step()
            run.log({"lr": scheduler.get_last_lr()[0]})
    # The third update was skipped: its pass and the next are one batch.
    assert sorted(store.variances()) == [0, 1, 2, 3]
    for name, outputs in spy.outputs.items():
        for step, part in enumerate([outputs[0], outputs[1], torch.cat(outputs[2:4]), outputs[4]]):
            assert store.variances()[step][name] == pytest.approx(expected(part, 1), rel=RELATIVE)


def test_an_optimiser_that_asks_for_several_passes_makes_one_step(store):
    model = small()
    inputs = torch.randn(32, 4)
    optimizer = torch.optim.LBFGS(model.parameters(), max_iter=4)
    with varve.run() as run:
        run.watch(model)
        spy = Spy(model, ["0"])
        ends = []

        def closure():
            optimizer.zero_grad()
            loss = model(inputs).square().mean()
            loss.backward()
            return loss

        for _ in range(3):
            optimizer.step(closure)
            ends.append(len(spy.outputs["0"]))
    recorded = store.variances()
    assert sorted(recorded) == [0, 1, 2]
    for step, (first, last) in enumerate(zip([0, *ends], ends)):
        part = torch.cat(spy.outputs["0"][first:last])
        assert recorded[step]["0"] == pytest.approx(expected(part, 1), rel=RELATIVE)


def test_layers_that_are_frozen_at_first(store):
    model = small()
    model[0].requires_grad_(False)
    optimizer = torch.optim.SGD(model[2].parameters(), lr=0.1)
    with varve.run() as run:
        run.watch(model)
        spy = Spy(model, ["0", "2"])
        train(model, torch.randn(8, 4), optimizer=optimizer)
        model[0].requires_grad_(True)
        optimizer.add_param_group({"params": list(model[0].parameters())})
        train(model, torch.randn(8, 4), optimizer=optimizer)
    check(store, spy, {"0": 1, "2": 1}, steps=6)


def test_an_optimiser_that_gets_the_models_parameters_later(store):
    model, other = small(), nn.Linear(2, 2)
    optimizer = torch.optim.SGD(other.parameters(), lr=0.1)
    with varve.run() as run:
        run.watch(model)
        spy = Spy(model, ["0"])
        optimizer.step()
        optimizer.add_param_group({"params": list(model.parameters())})
        train(model, torch.randn(8, 4), optimizer=optimizer)
    check(store, spy, {"0": 1})


@dataclasses.dataclass
class Answer:
    name: str
    hidden: torch.Tensor
    logits: torch.Tensor


class Pair(NamedTuple):
    first: torch.Tensor
    second: torch.Tensor


class ModelOutput(collections.OrderedDict):
    """As Transformers has it: a dict whose members are attributes too."""

    def __getattr__(self, name):
        return self[name]


@pytest.mark.parametrize(
    "wrap, get",
    [
        (lambda a, b: Answer("x", a, b), lambda out: out.hidden),
        (lambda a, b: Pair(a, b), lambda out: out.first),
        (lambda a, b: ModelOutput(loss=None, hidden=a, logits=b), lambda out: out.hidden),
        (lambda a, b: {"a": [a], "b": b}, lambda out: out["a"][0]),
        (lambda a, b: (None, (a, b)), lambda out: out[1][0]),
    ],
)
def test_blocks_that_give_more_than_a_tensor(store, wrap, get):
    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.linear = nn.Linear(4, 4)

        def forward(self, x):
            y = x + self.linear(x)
            return wrap(y, y * 2)

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.blocks = nn.ModuleList(Block() for _ in range(2))
            self.kept = []

        def forward(self, x):
            for block in self.blocks:
                x = get(block(x))
                self.kept.append(x.detach().clone())
            return x

    model = Model()
    with varve.run() as run:
        run.watch(model)
        train(model, torch.randn(8, 4), steps=2)
    recorded = store.variances()
    for step in range(2):
        for index in range(2):
            want = expected(model.kept[2 * step + index], 1)
            assert recorded[step][f"blocks.{index}"] == pytest.approx(want, rel=RELATIVE)


def test_one_model_in_two_runs_at_once(store):
    model = small()
    with varve.run() as first, varve.run() as second:
        first.watch(model)
        second.watch(model, every=2)
        spy = Spy(model, ["0", "2"])
        train(model, torch.randn(8, 4))
    check(store, spy, {"0": 1, "2": 1})
    assert sorted(store.variances(2)) == [0, 2]
    assert store.variances(2)[2] == store.variances(1)[2]
    left = [*model._forward_pre_hooks.values(), *model[0]._forward_hooks.values(), *model._forward_hooks.values()]
    assert not [hook for hook in left if type(hook).__module__.startswith("varve")]


def test_a_model_that_is_watched_again_after_its_run(store):
    model = small()
    for number in (1, 2):
        with varve.run() as run:
            run.watch(model)
            spy = Spy(model, ["0", "2"])
            train(model, torch.randn(8, 4))
        check(store, spy, {"0": 1, "2": 1}, number=number)


def test_dropout_and_a_pass_in_training_mode_without_gradients(store):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 50), nn.Dropout(0.5), nn.Linear(50, 3))
    with varve.run() as run:
        run.watch(model)
        spy = Spy(model, ["0", "2"])
        train(model, torch.randn(64, 4))
        counted = {name: list(outputs) for name, outputs in spy.outputs.items()}
        model.eval()
        model(torch.randn(64, 4)).sum().backward()
        model.train()
        with torch.inference_mode():
            model(torch.randn(64, 4))
    spy.outputs = counted
    check(store, spy, {"0": 1, "2": 1})


def test_copies_that_are_trained_are_not_recorded(store):
    model = small()
    with varve.run() as run:
        run.watch(model)
        spy = Spy(model, ["0", "2"])
        fork = copy.deepcopy(model)
        train(fork, torch.randn(8, 4))  # its optimiser has none of the model's parameters
        spy.outputs = {name: [] for name in spy.outputs}
        train(model, torch.randn(8, 4))
    assert sorted(store.variances()) == [0, 1, 2]


def test_a_model_that_is_loaded_moved_and_parametrized_while_it_is_watched(store):
    model = small()
    with varve.run() as run:
        run.watch(model)
        model.load_state_dict(small().state_dict())
        model.double()
        spy = Spy(model, ["0", "2"])
        train(model, torch.randn(8, 4, dtype=torch.float64))
        nn.utils.parametrizations.weight_norm(model[0])
        train(model, torch.randn(8, 4, dtype=torch.float64))
    check(store, spy, {"0": 1, "2": 1}, steps=6)


def test_wrappers_around_a_model(store):
    class Wrapper(nn.Module):
        """As those that distribute a model: the model is a member."""

        def __init__(self, module):
            super().__init__()
            self.module = module

        def forward(self, *args, **kwargs):
            return self.module(*args, **kwargs)

    model = small()
    with varve.run() as run:
        run.watch(model)
        spy = Spy(model, ["0", "2"])
        train(Wrapper(model), torch.randn(8, 4))
    check(store, spy, {"0": 1, "2": 1})
    parallel = nn.DataParallel(small())
    with varve.run() as run:
        run.watch(parallel)
        spy = Spy(parallel.module, ["0", "2"])
        train(parallel, torch.randn(8, 4))
    check(store, spy, {"0": 1, "2": 1}, number=2)


def test_a_packed_lstm_whose_padding_is_put_back(store):
    class Tagger(nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding = nn.Embedding(9, 4, padding_idx=0)
            self.lstm = nn.LSTM(4, 5, batch_first=True, bidirectional=True)
            self.out = nn.Linear(10, 3)

        def forward(self, x):
            lengths = (x != 0).sum(1)
            packed = nn.utils.rnn.pack_padded_sequence(self.embedding(x), lengths, batch_first=True, enforce_sorted=False)
            y, _ = self.lstm(packed)
            self.packed = y.data.detach().clone()
            padded, _ = nn.utils.rnn.pad_packed_sequence(y, batch_first=True)
            return self.out(padded)

    model = Tagger()
    inputs = torch.randint(1, 9, (4, 6))
    inputs[1, 3:] = 0
    inputs[2, 5:] = 0
    with varve.run() as run:
        run.watch(model)
        spy = Spy(model, ["embedding", "out"])
        train(model, inputs, steps=1)
    check(store, spy, {"embedding": 2, "out": 2}, steps=1)
    assert store.variances()[0]["lstm"] == pytest.approx(expected(model.packed, 1), rel=RELATIVE)


def test_passes_of_parts_and_of_the_whole_within_hooks_of_others(store):
    """Hooks of a program before and behind ours; one that replaces an output counts where it is before."""
    model = small()
    model[0].register_forward_hook(lambda _, __, output: output * 2)
    with varve.run() as run:
        run.watch(model)
        spy = Spy(model, ["0", "2"])
        train(model, torch.randn(8, 4))
    check(store, spy, {"0": 1, "2": 1})


def test_a_failing_pass_in_the_middle_of_a_training_costs_nothing(store):
    model = small()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with varve.run() as run:
        run.watch(model)
        spy = Spy(model, ["0", "2"])
        kept = {"0": [], "2": []}
        for _ in range(3):
            with pytest.raises(RuntimeError):
                model(torch.randn(8, 5))
            spy.outputs = {"0": [], "2": []}
            train(model, torch.randn(8, 4), steps=1, optimizer=optimizer)
            for name, outputs in spy.outputs.items():
                kept[name] += outputs
    spy.outputs = kept
    check(store, spy, {"0": 1, "2": 1})


def test_gradients_of_gradients_and_of_functions(store):
    model = nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with varve.run() as run:
        run.watch(model)
        spy = Spy(model, ["0", "2"])
        for _ in range(3):
            inputs = torch.randn(8, 4, requires_grad=True)
            (gradient,) = torch.autograd.grad(model(inputs).sum(), inputs, create_graph=True)
            (gradient.norm(dim=1) - 1).square().mean().backward()
            optimizer.step()
            optimizer.zero_grad()
        parameters = dict(model.named_parameters())
        torch.func.jacrev(lambda p: torch.func.functional_call(model, p, (torch.randn(2, 4),)))(parameters)
        torch.autograd.functional.hessian(lambda x: model(x).sum(), torch.randn(2, 4))
    for name, outputs in spy.outputs.items():
        for step in range(3):
            assert store.variances()[step][name] == pytest.approx(expected(outputs[step], 1), rel=RELATIVE)
