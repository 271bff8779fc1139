"""Executes a sweep as shards on a Ray cluster and merges what they recorded.

    python3 ray_sweep.py 20 all.db run plain batchnorm --seeds 0-99 --weights none

The first word is the number of shards, the second the store that all runs are merged into, the others are a line of
`varve run` or `varve exec`. Each task records into a store on its node's own disk; the store comes back as the task's result.
Ray starts a task once more where its node dies. It needs `varve` on every node's PATH.
"""

import os
import subprocess
import sys
import tempfile

import ray


@ray.remote(max_retries=3, num_cpus=1)
def shard(index, count, words):
    """Executes one shard and returns its store's bytes."""
    with tempfile.TemporaryDirectory() as folder:
        store = os.path.join(folder, "shard.db")
        command, rest = words[0], words[1:]
        line = ["varve", "--store", store, command, "--shard", f"{index}/{count}", "--quiet", *rest]
        result = subprocess.run(line, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        with open(store, "rb") as file:
            return result.returncode, result.stderr, file.read()


def main():
    count, all_runs, words = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
    ray.init(ignore_reinit_error=True, log_to_driver=False)
    waiting = [shard.remote(index, count, words) for index in range(count)]
    failed = 0
    while waiting:
        done, waiting = ray.wait(waiting)
        status, complaints, content = ray.get(done[0])
        sys.stderr.write(complaints)
        failed += status != 0
        with tempfile.NamedTemporaryFile(suffix=".db") as file:
            file.write(content)
            file.flush()
            subprocess.run(["varve", "--store", all_runs, "merge", file.name, "--quiet"], check=True)
    ray.shutdown()
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
