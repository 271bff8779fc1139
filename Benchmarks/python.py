"""What recording from Python costs: `python3 Benchmarks/python.py [record|watch]`.

`record`: the time that a step of 8 values takes from the loop, beside MLflow (its SQLite store), W&B (offline), TensorBoard
and Trackio where they are installed, in one run and taken in turn. `watch`: a training step of a residual convolutional
network of 20 layers with the variance of every layer, beside the same step without. Needs the package, and torch.
"""

import importlib.util
import os
import statistics
import sys
import tempfile
import time
import warnings

# The benchmark of MLflow's API beside this file has the name of MLflow's package.
sys.path = [place for place in sys.path if os.path.realpath(place or ".") != os.path.dirname(os.path.realpath(__file__))]

VALUES = 8
CHUNK = 250
ROUNDS = 20


def values(step):
    """What a loop has to log: numbers that it computed."""
    return {f"metric {index}": 1.0 / (step + index + 1) for index in range(VALUES)}


class Nothing:
    """The loop without recording."""

    name, chunk = "the loop alone", CHUNK

    def log(self, step):
        values(step)

    def end(self):
        pass


class Varve(Nothing):
    """The package."""

    name = "Varve"

    def __init__(self, folder):
        import varve

        self.run = varve.run("bench", store=os.path.join(folder, "varve.db"))

    def log(self, step):
        self.run.log(values(step), step=step)

    def end(self):
        self.run.finish()


class TensorBoard(Nothing):
    """PyTorch's writer."""

    name = "TensorBoard"

    def __init__(self, folder):
        from torch.utils.tensorboard import SummaryWriter

        self.writer = SummaryWriter(os.path.join(folder, "tensorboard"))

    def log(self, step):
        for key, value in values(step).items():
            self.writer.add_scalar(key, value, step)

    def end(self):
        self.writer.close()


class WandB(Nothing):
    """W&B, offline."""

    name = "W&B (offline)"

    def __init__(self, folder):
        import wandb

        settings = wandb.Settings(silent=True, console="off")
        self.run = wandb.init(project="bench", mode="offline", dir=folder, settings=settings)

    def log(self, step):
        self.run.log(values(step), step=step)

    def end(self):
        self.run.finish()


class MLflow(Nothing):
    """MLflow, with its SQLite store."""

    name, chunk = "MLflow (SQLite)", 10

    def __init__(self, folder):
        import logging

        import mlflow

        logging.disable(logging.INFO)
        self.mlflow = mlflow
        mlflow.set_tracking_uri(f"sqlite:///{folder}/mlflow.db")
        mlflow.start_run()

    def log(self, step):
        self.mlflow.log_metrics(values(step), step=step)

    def end(self):
        self.mlflow.end_run()


class Trackio(Nothing):
    """Trackio."""

    name = "Trackio"

    def __init__(self, folder):
        os.environ["TRACKIO_DIR"] = os.path.join(folder, "trackio")
        import trackio

        self.trackio = trackio
        trackio.init(project="bench", embed=False)

    def log(self, step):
        self.trackio.log(values(step), step=step)

    def end(self):
        self.trackio.finish()


PEERS = [(TensorBoard, "tensorboard"), (WandB, "wandb"), (MLflow, "mlflow"), (Trackio, "trackio")]


def record():
    """Time the recorders in turn, and print µs a step."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        recorders = [Nothing(), Varve(folder)]
        for kind, module in PEERS:
            if importlib.util.find_spec(module) is None:
                print(f"{kind.name}: not installed")
                continue
            try:
                recorders.append(kind(folder))
            except Exception as error:
                print(f"{kind.name}: does not start ({type(error).__name__}: {str(error)[:80]})")
        times = {recorder.name: [] for recorder in recorders}
        steps = dict.fromkeys(times, 0)
        for turn in range(ROUNDS):
            for recorder in recorders:
                start = time.perf_counter()
                for step in range(steps[recorder.name], steps[recorder.name] + recorder.chunk):
                    recorder.log(step)
                if turn:
                    times[recorder.name].append((time.perf_counter() - start) / recorder.chunk * 1e6)
                steps[recorder.name] += recorder.chunk
                time.sleep(0.02)
        for recorder in recorders:
            recorder.end()
    alone = statistics.median(times[Nothing.name])
    ours = statistics.median(times[Varve.name]) - alone
    print(f"{'':18}  µs a step   beside Varve")
    for name, found in times.items():
        cost = statistics.median(found) - alone
        ratio = "" if name == Nothing.name else f"{cost / ours:8.1f} x"
        print(f"{name:18}  {statistics.median(found):9.1f}  {ratio}", flush=True)


def residual_network(torch):
    """ResNet-20 for 32 x 32 pictures (He et al., 2016)."""
    from torch import nn

    class Block(nn.Module):
        def __init__(self, inputs, outputs, stride):
            super().__init__()
            self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
            self.norm1 = nn.BatchNorm2d(outputs)
            self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
            self.norm2 = nn.BatchNorm2d(outputs)
            self.relu = nn.ReLU(inplace=True)
            self.stride, self.missing = stride, outputs - inputs

        def forward(self, x):
            y = self.norm2(self.conv2(self.relu(self.norm1(self.conv1(x)))))
            if self.missing:
                x = nn.functional.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, 0, self.missing))
            return self.relu(y + x)

    def stage(inputs, outputs, stride):
        return nn.Sequential(Block(inputs, outputs, stride), Block(outputs, outputs, 1), Block(outputs, outputs, 1))

    stem = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU(inplace=True)]
    stages = [stage(16, 16, 1), stage(16, 32, 2), stage(32, 64, 2)]
    return nn.Sequential(*stem, *stages, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


def watch():
    """Time steps of a watched model and of the same one without, in turn, in processor time."""
    import torch

    import varve

    torch.manual_seed(0)
    batch, labels = torch.randn(64, 3, 32, 32), torch.randint(0, 10, (64,))
    with tempfile.TemporaryDirectory() as folder, varve.run("bench", store=os.path.join(folder, "varve.db")) as run:
        models = [residual_network(torch) for _ in range(2)]
        optimizers = [torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9) for model in models]
        watched = run.watch(models[1])
        times = [[], []]
        for turn in range(21):
            for index in (0, 1) if turn % 2 else (1, 0):
                start = time.process_time()
                loss = torch.nn.functional.cross_entropy(models[index](batch), labels)
                optimizers[index].zero_grad()
                loss.backward()
                optimizers[index].step()
                if turn:
                    times[index].append(time.process_time() - start)
        ratios = [after / before for before, after in zip(*times)]
        plain, other = (statistics.median(found) * 1e3 for found in times)
        print(f"{len(watched.layers)} layers, {torch.get_num_threads()} threads: {plain:.1f} ms, watched {other:.1f} ms")
        print(f"ratio: {statistics.median(ratios):.3f} (least {min(ratios):.3f}, greatest {max(ratios):.3f})")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    for part in sys.argv[1:] or ["record", "watch"]:
        {"record": record, "watch": watch}[part]()
