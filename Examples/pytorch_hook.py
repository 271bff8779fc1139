"""Sends the variance of every linear layer's output to `varve log`, at every step: python3 Examples/pytorch_hook.py"""
import json, os, subprocess, sys, torch


class Log:
    """Lines to `varve log`. When it dies the training goes on, with one warning; forked workers send nothing."""

    def __init__(self, *options):
        self.process = os.getpid()
        # A session of its own: Ctrl-C reaches the training, which says below how it ended.
        command = [os.environ.get("VARVE", "varve"), "log", "--until-end", *options]
        self.varve = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)

    def __call__(self, **line):
        if self.varve is None or os.getpid() != self.process:
            return
        try:
            self.varve.stdin.write(json.dumps(line).encode() + b"\n")
            self.varve.stdin.flush()  # each line at once, for readers
        except OSError as error:
            self.varve = None
            print(f"varve log has ended ({error}): from here on nothing is recorded: {line}", file=sys.stderr)

    def __enter__(self):
        return self

    def __exit__(self, kind, error, _):
        if kind is None or (kind is SystemExit and error.code in (None, 0)):
            self(end="finished")
        else:
            isStopped = issubclass(kind, (KeyboardInterrupt, SystemExit))
            self(end="killed" if isStopped else "failed", reason=f"{kind.__name__}: {error}"[:200])
        if self.varve is not None:
            self.varve.wait()  # it ends with the line "end", also while workers hold the pipe open


torch.manual_seed(0)
model = torch.nn.Sequential(*[m for _ in range(5) for m in (torch.nn.Linear(40, 40), torch.nn.ReLU())])
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
with Log("--architecture", "mlp", "--seed", "0", "--param", "lr=0.05", "--measure", "population_mean") as send:
    for name, module in model.named_modules():
        if isinstance(module, torch.nn.Linear):  # variance of a unit over the batch (divisor N), mean over the units
            module.register_forward_hook(lambda _, inputs, output, name=name: send(
                step=step, layer=name, variance=output.var(dim=0, correction=0).mean().item()))
    for step in range(100):
        x = torch.randn(100, 40)
        loss = (model(x) - x).square().mean()
        optimizer.zero_grad(); loss.backward(); optimizer.step()
        send(step=step, loss=loss.item())
