"""A watched model can do what a model can: be copied, saved, sent, traced, distributed."""

import copy
import gc
import os
import pickle
import subprocess
import sys
import textwrap
import weakref

import pytest
import torch
from torch import nn

import varve

SOURCE = os.path.join(os.path.dirname(__file__), "..", "src")


def net():
    return nn.Sequential(nn.Linear(4, 5), nn.BatchNorm1d(5), nn.ReLU(), nn.Linear(5, 2))


def train(model, steps=2):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(steps):
        optimizer.zero_grad()
        model(torch.randn(6, 4)).square().mean().backward()
        optimizer.step()


def test_a_copy_is_not_recorded(store):
    model = net()
    with varve.run() as run:
        run.watch(model)
        average = copy.deepcopy(model)
        swa = torch.optim.swa_utils.AveragedModel(model)
        for copied in (average, swa, copy.copy(model)):
            copied.train()
            copied(torch.randn(6, 4) * 100)
        train(model)
        swa.update_parameters(model)
    recorded = store.variances()
    assert sorted(recorded) == [0, 1] and set(recorded[0]) == {"0", "1", "3"}
    assert all(value < 50 for values in recorded.values() for value in values.values())


def test_a_watched_model_is_saved_whole_and_loaded_without_varve(store, tmp_path):
    model = net()
    file = tmp_path / "model.pt"
    with varve.run() as run:
        run.watch(model)
        torch.save(model, file)
        again = pickle.loads(pickle.dumps(model))
        assert b"varve" not in pickle.dumps(model)
    model.eval()
    inputs = torch.randn(3, 4)
    assert torch.equal(again.eval()(inputs), model(inputs))
    program = f"""
        import sys
        sys.modules["varve"] = None
        import torch
        model = torch.load({str(file)!r}, weights_only=False)
        model(torch.randn(3, 4)).sum().backward()
        print("loaded")
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True)
    assert done.stdout == "loaded\n", done.stderr


def test_a_watched_model_is_traced_and_exported(store):
    model = net()
    inputs = torch.randn(3, 4)
    with varve.run() as run:
        run.watch(model)
        traced = torch.jit.trace(model, inputs, check_trace=False)
        exported = torch.export.export(model, (inputs,))
        assert not [node for node in exported.graph.nodes if "varve" in str(node.target)]
        transformed = torch.fx.symbolic_trace(model)
        train(model)
    assert "varve" not in str(traced.graph)
    for other in (traced, exported.module(), transformed):
        assert other(inputs).shape == (3, 2)
    assert sorted(store.variances()) == [0, 1]


def test_a_dropped_model_is_freed(store):
    model = net()
    with varve.run() as run:
        run.watch(model)
        train(model)
        gone = weakref.ref(model)
        del model
        run._watches.clear()
        gc.collect()
        assert gone() is None


def test_vmap_and_functional_calls_are_left_alone(store):
    model = nn.Linear(4, 2)
    with varve.run() as run:
        run.watch(model)
        torch.func.vmap(model)(torch.randn(3, 5, 4))
        torch.func.grad(lambda p, x: torch.func.functional_call(model, p, x).sum())(
            dict(model.named_parameters()), torch.randn(3, 4)
        )
        train(model)
    assert 1 in store.variances()


class Data(torch.utils.data.Dataset):
    def __len__(self):
        return 12

    def __getitem__(self, index):
        return torch.full((4,), float(index)), index % 2


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_workers_of_a_loader(store, method):
    model = net()
    loader = torch.utils.data.DataLoader(Data(), batch_size=3, num_workers=1, multiprocessing_context=method)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with varve.run() as run:
        run.watch(model)
        for inputs, labels in loader:
            loss = nn.functional.cross_entropy(model(inputs), labels)
            loss.backward()
            optimizer.step()
            run.log({"loss": loss})
    assert store.show()["status"] == "finished"
    assert sorted(store.variances()) == [0, 1, 2, 3] and len(store.metrics()["loss"]) == 4


def test_of_a_distributed_training_rank_0_records_and_all_end(store, tmp_path):
    program = tmp_path / "ddp.py"
    program.write_text(textwrap.dedent("""
        import torch, varve
        import torch.distributed as dist
        from torch import nn

        dist.init_process_group("gloo")
        torch.manual_seed(0)
        model = nn.parallel.DistributedDataParallel(nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 1)))
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        with varve.run("ddp") as run:
            run.watch(model)
            for step in range(3):
                optimizer.zero_grad()
                model(torch.randn(5, 4)).square().mean().backward()
                optimizer.step()
                run.log({"rank": dist.get_rank()})
        dist.destroy_process_group()
    """))
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", str(program)]
    environment = {**os.environ, "PYTHONPATH": SOURCE, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert len(store.ask("runs")) == 1
    assert store.show()["status"] == "finished"
    assert store.metrics()["rank"] == [(0, 0.0), (1, 0.0), (2, 0.0)]
    assert sorted(store.variances()) == [0, 1, 2] and set(store.variances()[0]) == {"0", "2"}


def test_a_killed_training_leaves_its_variances(store):
    program = """
        import os, signal, torch, varve
        from torch import nn
        model = nn.Linear(4, 3)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        run = varve.run()
        run.watch(model)
        for step in range(50):
            model(torch.randn(5, 4)).square().mean().backward()
            optimizer.step()
            run.log({"loss": 1.0})
        os.kill(os.getpid(), signal.SIGKILL)
    """
    environment = {**os.environ, "PYTHONPATH": SOURCE}
    subprocess.run([sys.executable, "-c", textwrap.dedent(program)], env=environment, timeout=300)
    import time

    deadline = time.monotonic() + 60
    while store.rows("SELECT status FROM runs") == [("running",)] and time.monotonic() < deadline:
        time.sleep(0.05)
    assert store.show()["status"] == "killed"
    assert sorted(store.variances()) == list(range(50))
