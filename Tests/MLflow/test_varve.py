"""What Varve makes of runs that MLflow's client recorded, and what survives kills."""
import threading
import time
import unittest

import mlflow
from mlflow.entities import Metric, Param

from support import MLflowTest, until


class ARunLikeAnyOther(MLflowTest):
    def test_seed_architecture_and_variances_are_the_runs_own(self):
        for architecture, scale in (("plain", 1.0), ("batchnorm", 0.5)):
            for seed in range(3):
                with mlflow.start_run(run_name=f"{architecture} {seed}"):
                    mlflow.log_params({"seed": seed, "architecture": architecture, "width": 100})
                    for step in range(4):
                        mlflow.log_metrics(
                            {"loss": 1 / (step + 1), "variance/conv1": scale * (1 + seed / 10 + step), "variance/conv2": scale * (2 + seed / 7 + step)},
                            step=step,
                        )
        runs = self.server.varve("runs", "--sort", "number")
        self.assertEqual([r["seed"] for r in runs], [0, 1, 2] * 2)
        shown = self.server.varve("show", "1")
        self.assertEqual([(v["layer"], v["measure"], v["step"]) for v in shown["variances"]], [("conv1", "unknown", 3), ("conv2", "unknown", 3)])
        self.assertEqual((shown["metrics"]["variance/conv1"], shown["last_step"], shown["steps"]), (4.0, 3, 4))
        compared = self.server.varve("compare", "plain", "batchnorm")
        self.assertTrue(compared["paired"])
        self.assertEqual(compared["seeds"], [0, 1, 2])
        self.assert_sound()
        self.server.varve("export", "--to", str(self.path / "part.db"), "seed = 1")
        self.assertEqual(len(self.server.varve("--store", str(self.path / "part.db"), "runs")), 2)

    def test_tags_give_seed_and_architecture_too(self):
        run = self.new_run(tags={"varve.seed": "7", "varve.architecture": "resnet"})
        shown = self.server.varve("show", "1")
        self.assertEqual((shown["seed"], shown["architecture"]), (7, "resnet"))
        self.client.set_tag(run, "varve.seed", "8")
        self.assertEqual(self.server.varve("show", "1")["seed"], 8)
        self.assert_refused(self.server.post("/runs/set-tag", {"run_id": run, "key": "varve.reason", "value": "x"}), 400, "INVALID_PARAMETER_VALUE")
        self.client.set_tag(run, "mlflow.note.content", "a note")
        self.assertEqual(self.server.varve("show", "1")["tags"]["note"], "a note")

    def test_a_run_of_varves_own_is_seen_and_not_written_to(self):
        self.server.varve("run", "plain", "--width", "10", "--steps", "2", "--weights", "none")
        found = self.client.search_runs(["0"])[0]
        self.assertEqual(found.data.params["width"], "10")
        self.assertIn("loss", found.data.metrics)
        self.assert_refused(
            self.server.post("/runs/log-metric", {"run_id": found.info.run_id, "key": "a", "value": 1, "timestamp": 1}), 400, "INVALID_PARAMETER_VALUE", "executed by Varve"
        )
        self.client.set_tag(found.info.run_id, "best", "yes")
        self.assert_sound()


class Silence(MLflowTest):
    options = ("--stale-after", "1s")

    def test_a_silent_run_is_killed_and_its_client_revives_it(self):
        run = self.new_run()
        self.client.log_metric(run, "m", 1, step=0)
        self.assertEqual(self.client.get_run(run).info.status, "RUNNING")
        until(lambda: self.client.get_run(run).info.status == "KILLED")
        self.assertEqual(self.server.varve("runs")[0]["status"], "killed")
        # A command that writes puts it into the table.
        self.server.varve("note", "1", "silent")
        self.client.log_metric(run, "m", 2, step=1)
        self.assertEqual(self.client.get_run(run).info.status, "RUNNING")
        self.client.set_terminated(run, "KILLED")
        time.sleep(1.2)
        self.client.log_metric(run, "m", 3, step=2)
        self.assertEqual(self.client.get_run(run).info.status, "KILLED")
        self.assert_sound()


class Kills(MLflowTest):
    def test_a_request_that_is_sent_twice_changes_nothing(self):
        run = self.new_run()
        metrics = [{"key": f"variance/l{i % 3}", "value": i, "timestamp": 5, "step": i} for i in range(30)]
        requests = [
            ("/runs/log-batch", {"run_id": run, "metrics": metrics, "params": [{"key": "a", "value": "1"}], "tags": [{"key": "t", "value": "v"}]}),
            ("/runs/log-metric", {"run_id": run, "key": "m", "value": 1, "timestamp": 1, "step": 1}),
            ("/runs/log-parameter", {"run_id": run, "key": "b", "value": "2"}),
            ("/runs/set-tag", {"run_id": run, "key": "u", "value": "w"}),
            ("/runs/update", {"run_id": run, "status": "FINISHED", "end_time": 99}),
        ]
        for path, body in requests:
            self.assertEqual(self.server.post(path, body)[0], 200)
        once = self.server.varve("show", "1")
        for path, body in requests:
            self.assertEqual(self.server.post(path, body)[0], 200, path)
        twice = self.server.varve("show", "1")
        self.assertEqual(once, twice)
        self.assertEqual(len(self.client.get_metric_history(run, "variance/l0")), 10)
        self.assert_sound()

    def test_nothing_acknowledged_is_lost_or_doubled_when_the_server_is_killed(self):
        run = self.new_run()
        acknowledged = []
        is_over = threading.Event()

        def record():
            step = 0
            while not is_over.is_set():
                body = {"run_id": run, "metrics": [{"key": "m", "value": step, "timestamp": step, "step": step} for step in (2 * step, 2 * step + 1)]}
                try:
                    if self.server.post("/runs/log-batch", body)[0] == 200:
                        acknowledged.append(step)
                        step += 1
                except OSError:
                    time.sleep(0.01)
                except Exception:  # noqa: BLE001
                    time.sleep(0.01)

        thread = threading.Thread(target=record)
        thread.start()
        for _ in range(4):
            count = len(acknowledged)
            until(lambda: len(acknowledged) > count + 15)
            self.server.kill()
            self.server.start()
        is_over.set()
        thread.join()
        steps = [m.step for m in self.client.get_metric_history(run, "m")]
        self.assertEqual(len(steps), len(set(steps)))
        self.assertTrue(set(range(2 * len(acknowledged))) <= set(steps))
        self.assert_sound()

    def test_the_client_goes_on_where_the_server_was_away(self):
        with mlflow.start_run() as run:
            mlflow.log_metric("m", 1, step=0)
            self.server.kill()
            back = threading.Timer(1.0, self.server.start)
            back.start()
            mlflow.log_metric("m", 2, step=1)
            back.join()
        self.assertEqual([m.value for m in self.client.get_metric_history(run.info.run_id, "m")], [1, 2])
        self.assertEqual(self.client.get_run(run.info.run_id).info.status, "FINISHED")


class ReadOnly(MLflowTest):
    def test_a_server_that_only_shows_refuses_at_once(self):
        run = self.new_run()
        self.server.stop()
        self.server.options = ("--read-only",)
        self.server.start()
        self.assertEqual(self.client.get_run(run).info.run_id, run)
        self.assert_refused(self.server.post("/runs/set-tag", {"run_id": run, "key": "a", "value": "b"}), 403, "PERMISSION_DENIED")


if __name__ == "__main__":
    unittest.main()
