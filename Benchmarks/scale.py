"""How far one collector goes: simulates nodes that push runs to it, with the service times that were measured.

    python3 Benchmarks/scale.py [MILLISECONDS] [RUNS_PER_NODE_AND_MINUTE]

MILLISECONDS is what the collector takes for one small store (2.3 unless given, of `Benchmarks/merge.py`). Each node sends a
run at random moments, as a small store of its own, and the collector takes one after the other. It prints, for each number
of nodes, how busy the collector is and how long a run takes until it is there.
"""

import heapq
import random
import sys


def simulate(nodes, service, rate, seconds=120, chance=random.Random(1)):
    """The share of the time that the collector works, and the waiting times of runs, in seconds, sorted."""
    arrivals = nodes * rate / 60
    count = min(int(arrivals * seconds), 400_000)
    now, free, busy, waits = 0.0, 0.0, 0.0, []
    heap = []
    for _ in range(count):
        now += chance.expovariate(arrivals)
        heapq.heappush(heap, now)
    while heap:
        came = heapq.heappop(heap)
        free = max(free, came) + service
        busy += service
        waits.append(free - came)
    waits.sort()
    return busy / max(now, 1e-9), waits


def main(milliseconds=2.3, rate=1.0):
    print(f"{milliseconds} ms a run, {rate} runs a node and minute")
    print("| nodes | runs/s | load | a run waits, median | 99 of 100 |\n| ---: | ---: | ---: | ---: | ---: |")
    for nodes in (100, 1000, 10_000, 20_000, 26_000, 100_000, 1_000_000):
        load, waits = simulate(nodes, milliseconds / 1000, rate)
        if load > 1:
            text = "grows without end | grows without end"
        else:
            median, most = waits[len(waits) // 2], waits[len(waits) * 99 // 100]
            text = f"{1000 * median:.1f} ms | {1000 * most:.1f} ms"
        print(f"| {nodes:,} | {nodes * rate / 60:,.1f} | {nodes * rate / 60 * milliseconds / 1000:.2f} | {text} |")


if __name__ == "__main__":
    main(*(float(word) for word in sys.argv[1:3]))
