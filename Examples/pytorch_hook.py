"""Sends the variance of every linear layer's output to `varve log`, at every step: python3 Examples/pytorch_hook.py"""
import json, os, subprocess, torch

torch.manual_seed(0)
model = torch.nn.Sequential(*[m for _ in range(5) for m in (torch.nn.Linear(40, 40), torch.nn.ReLU())])
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
command = [os.environ.get("VARVE", "varve"), "log", "--architecture", "mlp", "--seed", "0", "--param", "lr=0.05",
           "--measure", "population_mean"]
varve = subprocess.Popen(command, stdin=subprocess.PIPE, text=True, bufsize=1)  # each line at once, for readers
send = lambda **line: print(json.dumps(line), file=varve.stdin)
for name, module in model.named_modules():
    if isinstance(module, torch.nn.Linear):  # variance of a unit over the batch (divisor N), mean over the units
        module.register_forward_hook(lambda _, inputs, output, name=name: send(
            step=step, layer=name, variance=output.var(dim=0, correction=0).mean().item()))
for step in range(100):
    x = torch.randn(100, 40)
    loss = (model(x) - x).square().mean()
    optimizer.zero_grad(); loss.backward(); optimizer.step()
    send(step=step, metric="loss", value=loss.item())
send(end="finished")
varve.stdin.close(); varve.wait()
