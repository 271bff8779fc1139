"""`watch` measures what an independent computation in NumPy finds, whatever the model is made of."""

import numpy as np
import pytest
import torch
from torch import nn

import varve

RELATIVE = 1e-5


def expected(output, axis):
    """The population variance of a unit, averaged over the units, in double precision."""
    values = np.moveaxis(output.detach().double().numpy(), axis, -1).reshape(-1, output.shape[axis])
    return float(values.var(axis=0).mean())


class Spy:
    """Keeps what named modules put out in passes of the model, by hooks of its own."""

    def __init__(self, model, names):
        self.outputs = {name: [] for name in names}
        self.is_in_pass = False
        model.register_forward_pre_hook(lambda *_: setattr(self, "is_in_pass", True), prepend=True)
        modules = dict(model.named_modules())
        for name in names:
            modules[name].register_forward_hook(lambda _, __, output, name=name: self.keep(name, output))
        model.register_forward_hook(lambda *_: setattr(self, "is_in_pass", False))

    def keep(self, name, output):
        if isinstance(output, tuple):
            output = output[0]
        if self.is_in_pass:
            self.outputs[name].append(output.detach().clone())


def train(model, inputs, steps=3, optimizer=None, loss=lambda output: output.square().mean()):
    optimizer = optimizer or torch.optim.SGD(model.parameters(), lr=0.1)
    for step in range(steps):
        batch = inputs[step] if isinstance(inputs, list) else inputs
        optimizer.zero_grad()
        output = model(batch)
        loss(output[0] if isinstance(output, tuple) else output).backward()
        optimizer.step()


def check(store, spy, axes, steps=3, number=1):
    recorded = store.variances(number)
    assert sorted(recorded) == list(range(steps))
    for name, outputs in spy.outputs.items():
        assert len(outputs) == steps, name
        for step, output in enumerate(outputs):
            assert recorded[step][name] == pytest.approx(expected(output, axes[name]), rel=RELATIVE), (name, step)
    return recorded


class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.bn = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        y = self.conv2(self.relu(self.bn(self.conv1(x))))
        y += x
        return self.relu(y)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, padding=1)
        self.layers = nn.Sequential(Block(8), Block(8))
        self.drop = nn.Dropout(0.1)
        self.head = nn.Linear(8, 4)

    def forward(self, x):
        return self.head(self.drop(self.layers(self.stem(x)).mean((2, 3))))


def test_a_convolutional_network_with_residual_blocks_and_relu_in_place(store):
    torch.manual_seed(0)
    model = Net()
    names = ["stem", "layers.0", "layers.0.conv1", "layers.0.bn", "layers.0.conv2", "layers.1", "layers.1.bn", "head"]
    with varve.run() as run:
        watch = run.watch(model)
        spy = Spy(model, names)
        train(model, [torch.randn(5, 3, 7, 7) + 3 for _ in range(3)])
    axes = {name: 1 for name in names}
    recorded = check(store, spy, axes)
    assert set(recorded[0]) == {
        "stem", "layers.0", "layers.0.conv1", "layers.0.bn", "layers.0.conv2",
        "layers.1", "layers.1.conv1", "layers.1.bn", "layers.1.conv2", "head",
    }
    assert "drop" not in watch.layers
    shown = store.show()["variances"]
    shorts = {row["layer"]: row["name"] for row in shown}
    assert shorts["stem"] == "conv1" and shorts["layers.0.conv1"] == "conv2" and shorts["layers.1.bn"] == "norm2"
    assert shorts["layers.0"] == "residual1" and shorts["layers.1"] == "residual2" and shorts["head"] == "linear1"
    assert {row["layer"] for row in shown if row["after_norm"]} == {"layers.0.bn", "layers.1.bn"}
    assert {row["measure"] for row in shown} == {"population_mean"}
    # The order is that of execution.
    assert [row["layer"] for row in shown][:3] == ["stem", "layers.0.conv1", "layers.0.bn"]


@pytest.mark.parametrize("size", [(4, 3, 9, 9), (32, 16, 24, 24)])
@pytest.mark.parametrize("offset", [0.0, 1.0, 1000.0])
def test_pictures_of_any_size_mean_and_memory_format(store, size, offset):
    torch.manual_seed(1)
    for number, memory in enumerate([torch.contiguous_format, torch.channels_last], 1):
        model = nn.Sequential(nn.Conv2d(size[1], 6, 1), nn.Conv2d(6, 5, 3)).to(memory_format=memory)
        spy = Spy(model, ["0", "1"])
        with varve.run() as run:
            run.watch(model)
            train(model, (torch.randn(size) + offset).to(memory_format=memory), loss=lambda y: y.mean() * 1e-3)
        for name, outputs in spy.outputs.items():
            for step, output in enumerate(outputs):
                # In float32 a mean of a thousand deviations costs digits, whoever computes.
                tolerance = 1e-5 if offset < 100 else 1e-3
                assert store.variances(number)[step][name] == pytest.approx(expected(output, 1), rel=tolerance)


class Sequence1D(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(3, 6, 3)
        self.bn = nn.BatchNorm1d(6)
        self.act = nn.GELU()
        self.pool = nn.MaxPool1d(2)
        self.gn = nn.GroupNorm(2, 6)
        self.ln = nn.LayerNorm(6)
        self.out = nn.Linear(6, 2)

    def forward(self, x):
        x = self.gn(self.pool(self.act(self.bn(self.conv(x)))))
        return self.out(self.ln(x.transpose(1, 2)))


def test_in_three_dimensions_what_follows_a_convolution_has_its_axis(store):
    model = Sequence1D()
    names = ["conv", "bn", "act", "pool", "gn", "ln", "out"]
    with varve.run() as run:
        run.watch(model, layers=names)
        spy = Spy(model, names)
        train(model, torch.randn(4, 3, 20))
    check(store, spy, {"conv": 1, "bn": 1, "act": 1, "pool": 1, "gn": 1, "ln": 2, "out": 2})


@pytest.mark.parametrize("batch_first", [True, False])
def test_recurrent_networks(store, batch_first):
    class Recurrent(nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding = nn.Embedding(11, 6)
            self.lstm = nn.LSTM(6, 5, num_layers=2, batch_first=batch_first)
            self.gru = nn.GRU(5, 4, batch_first=batch_first)
            self.out = nn.Linear(4, 3)

        def forward(self, x):
            y, _ = self.lstm(self.embedding(x))
            y, _ = self.gru(y)
            return self.out(y)

    model = Recurrent()
    names = ["embedding", "lstm", "gru", "out"]
    with varve.run() as run:
        run.watch(model)
        spy = Spy(model, names)
        train(model, torch.randint(0, 11, (4, 7)))
    check(store, spy, {name: 2 for name in names})


def test_a_packed_sequence_counts_its_steps_only(store):
    class Packed(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn = nn.RNN(3, 4, batch_first=True)

        def forward(self, x):
            packed = nn.utils.rnn.pack_padded_sequence(x, [5, 3, 2], batch_first=True)
            output, _ = self.rnn(packed)
            self.kept = output.data.detach().clone()
            return output.data

    model = Packed()
    with varve.run() as run:
        run.watch(model)
        train(model, torch.randn(3, 5, 3), steps=1)
    assert store.variances()[0]["rnn"] == pytest.approx(expected(model.kept, 1), rel=RELATIVE)
    assert model.kept.shape == (10, 4)


@pytest.mark.parametrize("batch_first", [True, False])
def test_transformers_batch_first_and_not(store, batch_first):
    layer = nn.TransformerEncoderLayer(8, 2, 16, dropout=0.1, batch_first=batch_first)
    model = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
    names = ["layers.0.self_attn", "layers.0.linear1", "layers.0.linear2", "layers.0.norm1", "layers.1.norm2"]
    with varve.run() as run:
        run.watch(model, blocks=["layers"])
        spy = Spy(model, [*names, "layers.0", "layers.1"])
        train(model, torch.randn(6, 4, 8))
    recorded = check(store, spy, {name: 2 for name in [*names, "layers.0", "layers.1"]})
    shorts = {row["layer"]: row["name"] for row in store.show()["variances"]}
    assert shorts["layers.0"] == "residual1" and shorts["layers.1"] == "residual2"
    assert shorts["layers.0.self_attn"] == "attention1"
    assert "layers.0.self_attn.out_proj" not in recorded[0]


def test_the_features_of_a_linear_layer_are_the_last_axis_in_any_number_of_dimensions(store):
    model = nn.Sequential(nn.Linear(3, 5), nn.LayerNorm(5))
    spy = Spy(model, ["0", "1"])
    with varve.run() as run:
        run.watch(model)
        train(model, torch.randn(2, 6, 7, 3))
    check(store, spy, {"0": 3, "1": 3})


def test_an_axis_can_be_given(store):
    model = nn.Sequential(nn.Linear(3, 5), nn.Linear(5, 4))
    spy = Spy(model, ["0", "1"])
    with varve.run() as run:
        with pytest.raises(ValueError, match="axis names '7'"):
            run.watch(model, axis={"7": 1})
        run.watch(model, axis={"1": -2})
        train(model, torch.randn(4, 6, 3))
    check(store, spy, {"0": 2, "1": 1})


def test_mixed_precision_is_measured_in_float32(store):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(20, 30), nn.ReLU(), nn.Linear(30, 10))
    spy = Spy(model, ["0", "2"])
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with varve.run() as run:
        run.watch(model)
        for _ in range(3):
            with torch.autocast("cpu", dtype=torch.bfloat16):
                loss = model(torch.randn(64, 20)).float().square().mean()
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
    assert spy.outputs["0"][0].dtype == torch.bfloat16
    check(store, spy, {"0": 1, "2": 1})


def test_the_step_is_the_number_of_updates_and_passes_before_one_are_one_batch(store):
    model = nn.Linear(4, 3)
    spy = Spy(model, [""])
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    with varve.run() as run:
        run.watch(model)
        for update in range(3):
            for size in (5, 8, 3):
                model(torch.randn(size, 4) * (update + 1) + size).square().mean().backward()
            optimizer.step()
            optimizer.zero_grad()
            run.log({"loss": 1.0})
    recorded = store.variances()
    assert sorted(recorded) == [0, 1, 2]
    for update in range(3):
        batch = torch.cat(spy.outputs[""][update * 3 : update * 3 + 3])
        assert recorded[update]["linear"] == pytest.approx(expected(batch, 1), rel=RELATIVE)
    # Metrics that are logged without a step belong to the step of the last pass.
    assert store.metrics()["loss"] == [(0, 1.0), (1, 1.0), (2, 1.0)]


def test_passes_for_evaluation_do_not_count(store):
    model = nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3))
    spy = Spy(model, ["0", "1"])
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    trained = {"0": [], "1": []}
    with varve.run() as run:
        run.watch(model)
        for _ in range(3):
            model.eval()
            model(torch.randn(50, 4))
            with torch.no_grad():
                model(torch.randn(50, 4))
                model.train()
                model(torch.randn(50, 4))
            for outputs in spy.outputs.values():
                outputs.clear()
            model(torch.randn(6, 4)).square().mean().backward()
            for name, outputs in spy.outputs.items():
                trained[name] += outputs
            model[0](torch.randn(9, 4))  # not through the model
            optimizer.step()
            optimizer.zero_grad()
    spy.outputs = trained
    check(store, spy, {"0": 1, "1": 1})


def test_shared_modules_and_modules_that_are_called_again(store):
    class Shared(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(4, 4)
            self.second = self.first
            self.other = nn.Linear(4, 4)

        def forward(self, x):
            x = self.first(x)
            x = self.second(x.relu())
            x = self.other(x)
            return self.first(x)

    model = Shared()
    spy = Spy(model, ["first", "other"])
    with varve.run() as run:
        run.watch(model)
        train(model, torch.randn(6, 4), steps=2)
    recorded = store.variances()
    for step in range(2):
        assert set(recorded[step]) == {"first", "first:2", "first:3", "other"}
        for call, name in enumerate(["first", "first:2", "first:3"]):
            output = spy.outputs["first"][step * 3 + call]
            assert recorded[step][name] == pytest.approx(expected(output, 1), rel=RELATIVE)
    shorts = {row["layer"]: row["name"] for row in store.show()["variances"]}
    assert shorts["first:2"] == "linear1:2"


@pytest.mark.parametrize("reentrant", [True, False])
def test_checkpointed_blocks_are_measured_once(store, reentrant):
    from torch.utils.checkpoint import checkpoint

    class Checkpointed(nn.Module):
        def __init__(self):
            super().__init__()
            self.stem = nn.Linear(4, 6)
            self.block = nn.Sequential(nn.Linear(6, 6), nn.ReLU(), nn.Linear(6, 6))

        def forward(self, x):
            return checkpoint(self.block, self.stem(x), use_reentrant=reentrant)

    model = Checkpointed()
    names = ["stem", "block.0", "block.2"]
    with varve.run() as run:
        run.watch(model)
        spy = Spy(model, names)
        train(model, torch.randn(8, 4))
    recorded = check(store, spy, {name: 1 for name in names})
    assert set(recorded[0]) == set(names)


def compiled_net():
    torch.manual_seed(3)
    return nn.Sequential(nn.Conv1d(2, 4, 3), nn.BatchNorm1d(4), nn.ReLU(inplace=True), nn.Flatten(), nn.Linear(24, 3))


@pytest.mark.parametrize("order", ["before", "after", "in place", "after a call"])
@pytest.mark.parametrize("backend", ["aot_eager", "inductor"])
def test_a_compiled_model_gives_the_same_numbers(store, order, backend):
    torch._dynamo.reset()
    batches = [torch.randn(5, 2, 8, generator=torch.Generator().manual_seed(step)) for step in range(3)]
    plain = compiled_net()
    with varve.run() as run:
        run.watch(plain)
        train(plain, batches)
    model = compiled_net()
    with varve.run() as run:
        if order == "before":
            run.watch(model)
        compiled = model
        if order == "in place":
            model.compile(backend=backend)
        else:
            compiled = torch.compile(model, backend=backend)
        if order == "after a call":
            before = compiled_net().state_dict()
            compiled(batches[0])
            model.load_state_dict(before)
        if order != "before":
            run.watch(compiled)
        train(compiled, batches)
    first, second = store.variances(1), store.variances(2)
    assert sorted(second) == [0, 1, 2] and set(first[0]) == set(second[0]) == {"0", "1", "4"}
    for step, values in first.items():
        for name, value in values.items():
            assert second[step][name] == pytest.approx(value, rel=1e-4), (step, name)


def test_a_watched_model_compiles_to_one_graph(store):
    torch._dynamo.reset()
    model = compiled_net()
    inputs = torch.randn(5, 2, 8)
    with varve.run() as run:
        run.watch(model)
        found = torch._dynamo.explain(model)(inputs)
        assert found.graph_count == 1 and found.graph_break_count == 0, found.break_reasons
        torch._dynamo.reset()
        model.eval()
        found = torch._dynamo.explain(model)(inputs)
        assert found.graph_count == 1 and found.graph_break_count == 0, found.break_reasons
        torch._dynamo.reset()
        torch.compile(model.train(), fullgraph=True, backend="aot_eager")(inputs)


def test_a_probe_in_a_compiled_model_keeps_the_graph_whole(store):
    torch._dynamo.reset()

    class Probed(nn.Module):
        def __init__(self):
            super().__init__()
            self.linear = nn.Linear(4, 4)

        def forward(self, x):
            return probed("sum", x + self.linear(x.relu()))

    with varve.run() as run:
        probed = run.probe
        globals()["probed"] = probed
        model = Probed()
        run.watch(model)
        inputs = torch.randn(6, 4)
        found = torch._dynamo.explain(model)(inputs)
        assert found.graph_break_count == 0, found.break_reasons
        torch._dynamo.reset()
        want = expected(inputs + model.linear(inputs.relu()), 1)
        train(torch.compile(model, backend="aot_eager"), inputs, steps=2)
    assert store.variances()[0]["sum"] == pytest.approx(want, rel=RELATIVE)
    assert sorted(store.variances()) == [0, 1]


def test_two_models_are_watched_at_once_each_with_its_steps(store):
    first, second = nn.Linear(3, 3), nn.Linear(3, 3)
    one, two = torch.optim.SGD(first.parameters(), lr=0.1), torch.optim.SGD(second.parameters(), lr=0.1)
    with varve.run() as run:
        run.watch(first, prefix="first.")
        run.watch(second, prefix="second.")
        for _ in range(3):
            for _ in range(2):
                first(torch.randn(5, 3)).sum().backward()
                one.step()
            second(torch.randn(5, 3)).sum().backward()
            two.step()
    layers = [(step, sorted(values)) for step, values in sorted(store.variances().items())]
    assert layers[0] == (0, ["first.linear", "second.linear"]) and layers[-1] == (5, ["first.linear"])
    assert [step for step, names in layers if "second.linear" in names] == [0, 1, 2]


def test_two_optimisers_that_share_a_model_make_one_step(store):
    model = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3))
    one, two = (torch.optim.SGD(layer.parameters(), lr=0.1) for layer in model)
    with varve.run() as run:
        run.watch(model)
        for _ in range(4):
            model(torch.randn(5, 3)).sum().backward()
            one.step()
            two.step()
    assert sorted(store.variances()) == [0, 1, 2, 3]


def test_watching_twice_records_once(store):
    model = nn.Linear(3, 3)
    with varve.run() as run:
        assert run.watch(model) is run.watch(model)
        assert len(model._forward_hooks) == 2
        train(model, torch.randn(5, 3), steps=2)
    assert len(model._forward_hooks) == 0
    assert sorted(store.variances()) == [0, 1]


def test_every_and_start_and_step(store):
    model = nn.Linear(3, 3)
    with varve.run() as run:
        run.watch(model, every=4, start=10)
        train(model, torch.randn(5, 3), steps=12)
    assert sorted(store.variances()) == [12, 16, 20]
    with varve.run() as run:
        run.watch(model)
        for step in (7, 3, 9):
            run.step(step)
            model(torch.randn(5, 3)).sum().backward()
            with torch.no_grad():
                for parameter in model.parameters():
                    parameter -= 0.1 * parameter.grad
            run.log({"loss": 0.5})
    assert sorted(store.variances(2)) == [3, 7, 9]
    assert [step for step, _ in store.metrics(2)["loss"]] == [3, 7, 9]


def test_a_pass_that_fails_does_not_count(store):
    class Failing(nn.Module):
        def __init__(self):
            super().__init__()
            self.linear = nn.Linear(3, 3)

        def forward(self, x):
            y = self.linear(x)
            if len(x) > 5:
                raise MemoryError("too large")
            return y

    model = Failing()
    with varve.run() as run:
        run.watch(model)
        with pytest.raises(MemoryError):
            model(torch.randn(8, 3))
        inputs = torch.randn(4, 3)
        want = expected(model.linear(inputs), 1)
        train(model, inputs, steps=1)
    assert store.variances()[0]["linear"] == pytest.approx(want, rel=RELATIVE)


def test_a_layer_that_cannot_be_measured_is_left_out_with_one_warning(store, monkeypatch):
    model = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 2))
    import varve._watch as watch

    real = watch.statistics

    def statistics(tensor, axis):
        if tensor.shape[-1] == 2:
            raise RuntimeError("no memory")
        return real(tensor, axis)

    monkeypatch.setattr(watch, "statistics", statistics)
    with varve.run() as run:
        run.watch(model)
        with pytest.warns(varve.RecordingWarning, match="the layer 1 cannot be measured.*no memory") as warned:
            train(model, torch.randn(5, 3))
        assert len(warned) == 1
    assert all(set(values) == {"0"} for values in store.variances().values())


def test_names_that_are_not_there_are_said(store):
    model = Net()
    with varve.run() as run:
        with pytest.raises(ValueError, match="layers names 'stemm'.*did you mean stem"):
            run.watch(model, layers=["stemm"])
        with pytest.raises(TypeError, match="model is int"):
            run.watch(3)
        watch = run.watch(model, layers=["layers.*.conv?", model.head])
        assert watch.layers == ["layers.0.conv1", "layers.0.conv2", "layers.1.conv1", "layers.1.conv2", "head"]


def test_a_whole_training_without_an_optimiser_of_pytorch_says_so(store):
    model = nn.Linear(3, 3)
    with varve.run() as run:
        run.watch(model)
        with pytest.warns(varve.RecordingWarning, match="no update by an optimiser"):
            for _ in range(101):
                model(torch.randn(5, 3))


def test_a_training_step_that_is_compiled_as_a_whole_counts_its_updates(store):
    torch._dynamo.reset()
    model = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 2))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with varve.run() as run:
        run.watch(model)

        @torch.compile(backend="eager")
        def step(inputs):
            loss = model(inputs).square().mean()
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            return loss

        for _ in range(4):
            run.log({"loss": step(torch.randn(5, 4))})
    assert sorted(store.variances()) == [0, 1, 2, 3]
    assert [step for step, _ in store.metrics()["loss"]] == [0, 1, 2, 3]


class Normed(nn.Module):
    """Large enough for passes to be spared: what a batch norm knows is taken from it."""

    def __init__(self, affine=True, scale=1.0):
        super().__init__()
        self.conv = nn.Conv2d(4, 8, 3, padding=1)
        self.bn = nn.BatchNorm2d(8, affine=affine)
        self.relu = nn.ReLU(inplace=True)
        self.last = nn.Conv2d(8, 8, 1)
        self.between = None
        if affine:
            nn.init.uniform_(self.bn.weight, -2, 2)
            nn.init.normal_(self.bn.bias)
        with torch.no_grad():
            self.conv.weight *= scale

    def forward(self, x):
        x = self.conv(x)
        if self.between is not None:
            x = self.between(x)
        return self.last(self.relu(self.bn(x)))


LARGE_NAMES = ["conv", "bn", "last"]


def count_passes(monkeypatch):
    """Return a list that grows with every pass over a tensor."""
    import varve._watch as watch

    passes = []
    for name in ("statistics", "sums"):
        real = getattr(watch, name)
        monkeypatch.setattr(watch, name, lambda *given, real=real: passes.append(given) or real(*given))
    return passes


@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize("offset", [0.0, 30.0])
def test_what_a_batch_norm_knows_is_not_computed_again(store, monkeypatch, affine, offset):
    torch.manual_seed(4)
    passes = count_passes(monkeypatch)
    model = Normed(affine)
    with varve.run() as run:
        run.watch(model)
        spy = Spy(model, LARGE_NAMES)
        train(model, [torch.randn(16, 4, 32, 32) + offset for _ in range(4)], steps=4)
    check(store, spy, {name: 1 for name in LARGE_NAMES}, steps=4)
    # All three in the first step, then the last layer alone.
    assert len(passes) == 3 + 3
    assert [row["layer"] for row in store.show()["variances"]] == LARGE_NAMES


def test_a_variance_beside_which_eps_is_large_is_measured(store, monkeypatch):
    passes = count_passes(monkeypatch)
    model = Normed(scale=1e-4)
    with varve.run() as run:
        run.watch(model)
        spy = Spy(model, LARGE_NAMES)
        train(model, torch.randn(16, 4, 32, 32))
    check(store, spy, {name: 1 for name in LARGE_NAMES})
    assert len(passes) == 9


def test_a_batch_norm_that_is_not_used_as_before(store, recwarn):
    model = Normed()
    inputs = torch.randn(16, 4, 32, 32)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    changes = [None, None, lambda x: x * 3, lambda x: x.detach(), None, lambda x: x.mul_(3), None]
    with varve.run() as run:
        run.watch(model)
        spy = Spy(model, LARGE_NAMES)
        for step, change in enumerate(changes):
            model.between = change
            model.bn.train(step != 4)
            optimizer.zero_grad()
            model(inputs).square().mean().backward()
            optimizer.step()
    recorded = store.variances()
    for step in range(len(changes)):
        for name in LARGE_NAMES:
            if (step, name) == (5, "conv"):
                assert name not in recorded[step]
            else:
                assert recorded[step][name] == pytest.approx(expected(spy.outputs[name][step], 1), rel=RELATIVE)
    assert [str(item.message) for item in recwarn if item.category is varve.RecordingWarning] == [
        "the layer conv is not recorded at step 5: its output was changed in place",
    ]


def test_batch_norms_under_accumulation_checkpoints_and_mixed_precision(store):
    from torch.utils.checkpoint import checkpoint

    inputs = [torch.randn(16, 4, 32, 32) + step for step in range(6)]
    model = Normed()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    with varve.run() as run:
        run.watch(model)
        spy = Spy(model, LARGE_NAMES)
        for step in range(3):
            for part in inputs[2 * step : 2 * step + 2]:
                model(part).square().mean().backward()
            optimizer.step()
            optimizer.zero_grad()
    for name, outputs in spy.outputs.items():
        spy.outputs[name] = [torch.cat(outputs[2 * step : 2 * step + 2]) for step in range(3)]
    check(store, spy, {name: 1 for name in LARGE_NAMES})

    class Whole(nn.Module):
        def __init__(self):
            super().__init__()
            self.body = Normed()

        def forward(self, x):
            return checkpoint(self.body, x, use_reentrant=False)

    whole = Whole()
    names = [f"body.{name}" for name in LARGE_NAMES]
    with varve.run() as run:
        run.watch(whole)
        spy = Spy(whole, names)
        train(whole, inputs)
    check(store, spy, {name: 1 for name in names}, number=2)
    model = Normed()
    with varve.run() as run:
        run.watch(model)
        spy = Spy(model, LARGE_NAMES)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            train(model, inputs, loss=lambda output: output.float().square().mean())
    assert spy.outputs["bn"][0].dtype == torch.bfloat16
    check(store, spy, {name: 1 for name in LARGE_NAMES}, number=3)


def test_a_mean_that_goes_far_from_0_between_two_steps(store, recwarn):
    """One pass is enough where a mean is near 0, two are made where it is not, whenever that changes."""
    torch.manual_seed(6)
    model = nn.Sequential(nn.Conv2d(4, 8, 1), nn.ReLU(), nn.Conv2d(8, 8, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-4)
    offsets = [0.0, 0.0, 3.0, 5.0, 6.0, 0.0, 0.0, 1000.0, 1000.0, 0.0]
    with varve.run() as run:
        run.watch(model)
        spy = Spy(model, ["0"])
        for offset in offsets:
            with torch.no_grad():
                model[0].bias.fill_(offset)
            optimizer.zero_grad()
            model(torch.randn(16, 4, 32, 32)).square().mean().backward()
            optimizer.step()
    recorded = store.variances()
    for step, offset in enumerate(offsets):
        if step == 7:
            assert "0" not in recorded.get(step, {})
        else:
            tolerance = 1e-5 if offset < 100 else 1e-3
            assert recorded[step]["0"] == pytest.approx(expected(spy.outputs["0"][step], 1), rel=tolerance), step
    lost = [str(item.message) for item in recwarn if item.category is varve.RecordingWarning]
    assert "the layer 0 is not recorded at step 7: its mean went far from 0 within one step" in lost


def test_dead_units_and_values_that_are_not_finite(store, recwarn):
    model = nn.Sequential(nn.Conv2d(4, 8, 1), nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, 8, 1))
    with varve.run() as run:
        run.watch(model, layers=["0", "1", "2", "3"])
        spy = Spy(model, ["0", "1", "2", "3"])
        with torch.no_grad():
            model[0].weight[3] = 0
            model[1].weight[4], model[1].bias[4] = 0, -1
        inputs = torch.randn(16, 4, 32, 32)
        train(model, [inputs] * 3 + [inputs * float("inf")], steps=4)
    recorded = store.variances()
    for name, outputs in spy.outputs.items():
        for step in range(3):
            assert recorded[step][name] == pytest.approx(expected(outputs[step], 1), rel=RELATIVE), (name, step)
        assert recorded[3][name] is None  # NaN
    assert not [item for item in recwarn if item.category is varve.RecordingWarning]


def test_what_fails_at_the_end_of_a_pass_does_not_reach_the_training(store, monkeypatch):
    import varve._watch as watch

    def fail(*_):
        raise RuntimeError("no memory")

    model = Normed()
    with varve.run() as run:
        run.watch(model)
        train(model, torch.randn(16, 4, 32, 32), steps=2)
        monkeypatch.setattr(watch, "moments", fail)
        monkeypatch.setattr(watch, "is_near", fail)
        monkeypatch.setattr(watch.Sums, "moments", fail)
        with pytest.warns(varve.RecordingWarning, match="cannot be measured.*no memory"):
            train(model, torch.randn(16, 4, 32, 32), steps=2)
    assert sorted(store.variances()) == [0, 1] and store.show()["status"] == "finished"


def test_a_model_that_is_compiled_in_the_middle_of_its_training(store):
    torch._dynamo.reset()
    torch.manual_seed(8)
    model = Normed()
    compiled = torch.compile(model, backend="aot_eager")
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    want = []
    with varve.run() as run:
        run.watch(model)
        for step in range(6):
            inputs = torch.randn(16, 4, 32, 32)
            with torch.no_grad():
                conv = nn.functional.conv2d(inputs, model.conv.weight, model.conv.bias, padding=1)
                normed = nn.functional.batch_norm(conv, None, None, model.bn.weight, model.bn.bias, training=True)
                want.append({"conv": expected(conv, 1), "bn": expected(normed, 1)})
            (compiled if step > 2 else model)(inputs).square().mean().backward()
            optimizer.step()
            optimizer.zero_grad()
    for step, values in store.variances().items():
        assert {name: values[name] for name in want[step]} == pytest.approx(want[step], rel=RELATIVE), step


def test_a_probe_that_a_batch_norm_is_given_is_measured_outside_of_passes_too(store):
    model = Normed()
    outside = torch.randn(16, 8, 32, 32)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    with varve.run() as run:
        run.watch(model)
        model.between = lambda x: run.probe("sum", x * 2)
        for step in range(4):
            model(torch.randn(16, 4, 32, 32)).square().mean().backward()
            optimizer.step()
            optimizer.zero_grad()
        run.probe("sum", outside)
    recorded = store.variances()
    assert [set(recorded[step]) for step in range(4)] == [{"conv", "bn", "last", "sum"}] * 4
    assert recorded[4] == {"sum": pytest.approx(expected(outside, 1), rel=RELATIVE)}
    assert all(values["sum"] == pytest.approx(4 * values["conv"]) for step, values in recorded.items() if step < 4)
