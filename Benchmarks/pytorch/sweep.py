"""A sweep as one would write it with PyTorch: the notebook's two networks over many seeds, logged to SQLite.

    python3 Benchmarks/pytorch/sweep.py STORE SEEDS final|none [STEPS]

For every seed and architecture: a fresh model, the notebook's loader, STEPS updates (1), and one transaction with the
variances, the losses and, with `final`, the weights as one blob, as `torch.save` writes them.
"""

import io
import sqlite3
import sys

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from notebook import BATCH, data, fresh, optimizer_of

SCHEMA = """
PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
CREATE TABLE runs (id INTEGER PRIMARY KEY, architecture TEXT, seed INTEGER, weights BLOB);
CREATE TABLE variances (run INTEGER, step INTEGER, layer TEXT, variance REAL, PRIMARY KEY (run, step, layer)) WITHOUT ROWID;
CREATE TABLE losses (run INTEGER, step INTEGER, loss REAL, PRIMARY KEY (run, step)) WITHOUT ROWID;
"""


def main(path, seeds, keep, steps):
    database = sqlite3.connect(path, isolation_level=None)
    database.executescript(SCHEMA)
    inputs, labels = data()
    dataset = TensorDataset(inputs, labels)
    loss_function = nn.CrossEntropyLoss()
    for seed in range(seeds):
        for architecture in ["plain", "batchnorm"]:
            rows, losses, step = [], [], 0
            model = fresh(architecture, seed, lambda name, value: rows.append((step, name, float(value))))
            optimizer = optimizer_of(model)
            loader = DataLoader(dataset, batch_size=BATCH, shuffle=True)
            while step < steps:
                for x, y in loader:
                    optimizer.zero_grad()
                    loss = loss_function(model(x), y)
                    loss.backward()
                    optimizer.step()
                    losses.append((step, loss.item()))
                    step += 1
                    if step == steps:
                        break
            weights = None
            if keep == "final":
                buffer = io.BytesIO()
                torch.save(model.state_dict(), buffer)
                weights = buffer.getvalue()
            database.execute("BEGIN")
            run = database.execute("INSERT INTO runs VALUES (NULL, ?, ?, ?)", (architecture, seed, weights)).lastrowid
            database.executemany("INSERT INTO variances VALUES (?, ?, ?, ?)", [(run, *row) for row in rows])
            database.executemany("INSERT INTO losses VALUES (?, ?, ?)", [(run, *row) for row in losses])
            database.execute("COMMIT")
    database.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4]) if len(sys.argv) > 4 else 1)
