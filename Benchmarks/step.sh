#!/bin/sh
# Runs Varve and PyTorch in turn, so that both meet the same machine, and prints Varve's share of PyTorch's time.
#   Benchmarks/step.sh [step|model] [ROUNDS]        needs: swift build -c release, pip install torch==2.13.0
set -eu
cd "$(dirname "$0")/.."
what=${1:-step}
for _ in $(seq "${2:-3}"); do
    .build/release/varve-bench "$what" | sed 's/^{/{"by": "varve", /'
    python3 Benchmarks/pytorch/notebook.py "$what" | sed 's/^{/{"by": "torch", /'
done | python3 -c '
import collections, json, statistics, sys
times = collections.defaultdict(list)
for line in map(json.loads, sys.stdin):
    times[line["name"], line["by"]].append(line["median_ms"])
for name in dict.fromkeys(name for name, _ in times):
    if (name, "torch") not in times:
        ours = statistics.median(times[name, "varve"])
        print(f"{name}: varve {ours:.3f} ms")
        continue
    ours, theirs = (statistics.median(times[name, by]) for by in ("varve", "torch"))
    print(f"{name}: varve {ours:.3f} ms, torch {theirs:.3f} ms, ratio {ours / theirs:.3f}")
'
