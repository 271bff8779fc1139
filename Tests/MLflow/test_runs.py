"""Experiments, runs, params, metrics and tags, through MLflow's own client."""
import math
import threading
import unittest

import mlflow
from mlflow.entities import Metric, Param, RunTag, ViewType
from mlflow.exceptions import MlflowException, RestException

from support import MLflowTest


class Experiments(MLflowTest):
    def test_an_experiment_is_made_found_renamed_deleted_and_restored(self):
        self.assertEqual([e.name for e in self.client.search_experiments()], ["Default"])
        made = self.client.create_experiment("depth", tags={"a": "1", "b": "zwei\ndrei"})
        found = self.client.get_experiment(made)
        self.assertEqual((found.name, found.lifecycle_stage, found.tags), ("depth", "active", {"a": "1", "b": "zwei\ndrei"}))
        self.assertEqual(found.artifact_location, f"mlflow-artifacts:/{made}")
        self.assertEqual(self.client.get_experiment_by_name("depth").experiment_id, made)
        self.assertIsNone(self.client.get_experiment_by_name("none"))
        before = found.last_update_time
        self.client.rename_experiment(made, "width")
        after = self.client.get_experiment(made)
        self.assertEqual(after.name, "width")
        self.assertGreaterEqual(after.last_update_time, before)
        run = self.client.create_run(made).info.run_id
        own = self.client.create_run(made).info.run_id
        self.client.delete_run(own)
        self.client.delete_experiment(made)
        self.assertEqual(self.client.get_experiment(made).lifecycle_stage, "deleted")
        self.assertEqual(self.client.get_run(run).info.lifecycle_stage, "deleted")
        with self.assertRaisesRegex(MlflowException, "deleted"):
            self.client.create_experiment("width")
        with self.assertRaisesRegex(MlflowException, "must be in the 'active' state"):
            self.client.create_run(made)
        self.client.restore_experiment(made)
        self.assertEqual(self.client.get_run(run).info.lifecycle_stage, "active")
        self.assertEqual(self.client.get_run(own).info.lifecycle_stage, "deleted")

    def test_what_is_wrong_is_said_as_the_client_expects_it(self):
        self.client.create_experiment("a")
        with self.assertRaisesRegex(RestException, "RESOURCE_ALREADY_EXISTS"):
            self.client.create_experiment("a")
        with self.assertRaisesRegex(MlflowException, "No Experiment with id=99"):
            self.client.get_experiment("99")
        post = self.server.post
        self.assert_refused(post("/experiments/create", {"name": 123}), 400, "INVALID_PARAMETER_VALUE", "Invalid value 123 for parameter 'name'")
        self.assert_refused(post("/experiments/create", {}), 400, "INVALID_PARAMETER_VALUE", "Missing value for required parameter 'name'")
        self.assert_refused(post("/experiments/create", {"name": "n", "artifact_location": 9.0}), 400, "INVALID_PARAMETER_VALUE", "Invalid value 9.0 for parameter 'artifact_location'")
        self.assert_refused(post("/experiments/create", {"name": "n", "tags": "5"}), 400, "INVALID_PARAMETER_VALUE", 'Invalid value "5" for parameter \'tags\'')
        self.assert_refused(post("/experiments/create", {"name": "x" * 501}), 400, "INVALID_PARAMETER_VALUE", "500")
        self.assert_refused(self.server.get("/api/2.0/mlflow/experiments/get?experiment_id=x"), 400, "INVALID_PARAMETER_VALUE")

    def test_experiments_are_searched_ordered_and_paged(self):
        ids = [self.client.create_experiment(n, tags=t) for n, t in [("a", {"key": "value"}), ("ab", {"key": "vaLue"}), ("Abc", None)]]
        names = lambda **options: [e.name for e in self.client.search_experiments(**options)]  # noqa: E731
        self.assertEqual(names(filter_string="attribute.name = 'a'"), ["a"])
        self.assertEqual(set(names(filter_string="name != 'a'")), {"Abc", "ab", "Default"})
        self.assertEqual(set(names(filter_string="name LIKE 'a%'")), {"ab", "a"})
        self.assertEqual(set(names(filter_string="name ILIKE 'a%'")), {"ab", "a", "Abc"})
        self.assertEqual(names(filter_string="tag.key = 'value'"), ["a"])
        self.assertEqual(names(filter_string="tags.key != 'value'"), ["ab"])
        self.assertEqual(set(names(filter_string="tag.key ILIKE '%alu%'")), {"ab", "a"})
        self.assertEqual(names(order_by=["name DESC"]), ["ab", "a", "Default", "Abc"])
        first = self.client.search_experiments(max_results=2, order_by=["name"])
        rest = self.client.search_experiments(max_results=2, order_by=["name"], page_token=first.token)
        self.assertEqual([e.name for e in [*first, *rest]], ["Abc", "Default", "a", "ab"])
        self.assertIsNone(rest.token or None)
        self.client.delete_experiment(ids[1])
        self.assertEqual(names(view_type=ViewType.DELETED_ONLY), ["ab"])
        self.assertEqual(len(names(view_type=ViewType.ALL)), 4)

    def test_tags_of_an_experiment_are_set_and_removed(self):
        made = self.client.create_experiment("a")
        self.client.set_experiment_tag(made, "k", "1")
        self.client.set_experiment_tag(made, "k", "2")
        self.client.set_experiment_tag(made, "empty", "")
        self.assertEqual(self.client.get_experiment(made).tags, {"k": "2", "empty": ""})
        if hasattr(self.client, "delete_experiment_tag"):
            self.client.delete_experiment_tag(made, "k")
            self.assertEqual(self.client.get_experiment(made).tags, {"empty": ""})


class Runs(MLflowTest):
    def test_a_run_begins_as_it_is_told_and_ends_as_it_is_told(self):
        tags = {"mlflow.user": "somebody", "mlflow.parentRunId": "7", "my": "tag"}
        run = self.client.create_run("0", start_time=456, run_name="first", tags=tags)
        again = self.client.get_run(run.info.run_id)
        for found in (run, again):
            self.assertEqual(found.info.user_id, "somebody")
            self.assertEqual(found.info.start_time, 456)
            self.assertEqual(found.info.run_name, "first")
            self.assertEqual(found.info.status, "RUNNING")
            self.assertIsNone(found.info.end_time)
            self.assertEqual({**tags, "mlflow.runName": "first"}, found.data.tags)
            self.assertTrue(found.info.artifact_uri.startswith("mlflow-artifacts:/0/"))
        self.client.set_terminated(run.info.run_id, "FAILED", end_time=-5000)
        ended = self.client.get_run(run.info.run_id).info
        self.assertEqual((ended.status, ended.end_time), ("FAILED", -5000))
        self.assertEqual(self.client.create_run("0").info.user_id, "unknown")
        self.assertTrue(self.client.create_run("0").info.run_name)
        self.assert_sound()

    def test_a_name_and_its_tag_stay_one(self):
        run = self.new_run()
        self.client.update_run(run, name="second")
        self.assertEqual(self.data(run).tags["mlflow.runName"], "second")
        self.client.set_tag(run, "mlflow.runName", "third")
        self.assertEqual(self.client.get_run(run).info.run_name, "third")
        self.client.set_terminated(run)
        self.client.update_run(run, name="fourth")
        info = self.client.get_run(run).info
        self.assertEqual((info.run_name, info.status), ("fourth", "FINISHED"))
        with self.assertRaisesRegex(MlflowException, "different values"):
            self.client.create_run("0", run_name="a", tags={"mlflow.runName": "b"})
        self.assert_sound()

    def test_a_deleted_run_takes_nothing_until_it_is_restored(self):
        run = self.new_run()
        self.client.delete_run(run)
        for write in (
            lambda: self.client.log_metric(run, "a", 1),
            lambda: self.client.log_param(run, "a", 1),
            lambda: self.client.set_tag(run, "a", 1),
            lambda: self.client.delete_tag(run, "a"),
            lambda: self.client.update_run(run, "FINISHED"),
        ):
            with self.assertRaisesRegex(MlflowException, f"The run {run} must be in the 'active' state"):
                write()
        self.client.restore_run(run)
        self.assertEqual(self.client.get_run(run).info.status, "RUNNING")
        self.client.log_metric(run, "a", 1)

    def test_the_fluent_interface_nests_and_resumes(self):
        mlflow.set_experiment("fluent")
        with mlflow.start_run(run_name="outer") as outer:
            mlflow.log_params({f"p{i}": i for i in range(250)})
            with mlflow.start_run(nested=True) as inner:
                mlflow.log_metric("x", 1)
        self.assertEqual(self.data(inner.info.run_id).tags["mlflow.parentRunId"], outer.info.run_id)
        self.assertEqual(len(self.data(outer.info.run_id).params), 250)
        with mlflow.start_run(run_id=outer.info.run_id):
            self.assertEqual(self.client.get_run(outer.info.run_id).info.status, "RUNNING")
            mlflow.log_metrics({f"m{i}": i for i in range(1500)})
        self.assertEqual(self.client.get_run(outer.info.run_id).info.status, "FINISHED")
        self.assertEqual(len(self.data(outer.info.run_id).metrics), 1500)
        with self.assertRaises(ZeroDivisionError), mlflow.start_run() as failed:
            1 / 0
        self.assertEqual(self.client.get_run(failed.info.run_id).info.status, "FAILED")
        self.assert_sound()

    def test_metrics_are_a_multiset_whose_greatest_is_the_latest(self):
        run = self.new_run()
        rows = [(5, 10, 1.0), (5, 10, 2.0), (5, 9, 99.0), (-3, 100, 7.0), (0, 1, math.inf), (1, 1, -math.inf), (2, 1, math.nan)]
        for step, timestamp, value in [*rows, *rows]:
            self.client.log_metric(run, "m", value, timestamp=timestamp, step=step)
        self.assertEqual(self.data(run).metrics["m"], 2.0)
        found = [(m.step, m.timestamp, m.value) for m in self.client.get_metric_history(run, "m")]
        self.assertEqual(len(found), len(rows))
        self.assertEqual([f[:2] for f in found], sorted([r[:2] for r in rows], key=lambda r: (r[1], r[0])))
        self.client.log_metric(run, "nan", math.nan)
        self.assertTrue(math.isnan(self.data(run).metrics["nan"]))
        self.assertEqual(self.client.get_metric_history(run, "none"), [])
        self.assert_sound()

    def test_params_are_given_once_and_a_batch_is_all_or_nothing(self):
        run = self.new_run()
        self.client.log_param(run, "a", "1")
        self.client.log_param(run, "a", "1")
        with self.assertRaisesRegex(MlflowException, "Changing param values is not allowed"):
            self.client.log_param(run, "a", "2")
        with self.assertRaisesRegex(MlflowException, "Changing param values is not allowed"):
            self.client.log_batch(run, metrics=[Metric("m", 1, 1, 0)], params=[Param("b", "x"), Param("a", "2")], tags=[RunTag("t", "v")])
        data = self.data(run)
        self.assertEqual((data.params, data.metrics), ({"a": "1"}, {}))
        self.assertNotIn("t", data.tags)
        self.client.log_param(run, "empty", "")
        self.assertEqual(self.data(run).params["empty"], "")
        self.client.set_terminated(run)
        self.client.log_param(run, "later", "1")
        self.client.log_metric(run, "later", 1)
        self.assert_sound()

    def test_limits_are_kept_and_long_values_are_cut(self):
        run = self.new_run()
        post = self.server.post
        metrics = [{"key": "m", "value": 1, "timestamp": 1, "step": i} for i in range(1001)]
        self.assert_refused(post("/runs/log-batch", {"run_id": run, "metrics": metrics}), 400, "INVALID_PARAMETER_VALUE", "at most 1000 metrics")
        entity = lambda n: [{"key": f"k{i}", "value": "v"} for i in range(n)]  # noqa: E731
        self.assert_refused(post("/runs/log-batch", {"run_id": run, "params": entity(101)}), 400, "INVALID_PARAMETER_VALUE", "at most 100 params")
        self.assert_refused(post("/runs/log-batch", {"run_id": run, "tags": entity(101)}), 400, "INVALID_PARAMETER_VALUE", "at most 100 tags")
        self.assertEqual(post("/runs/log-parameter", {"run_id": run, "key": "long", "value": "x" * 7000})[0], 200)
        self.assertEqual(post("/runs/set-tag", {"run_id": run, "key": "long", "value": "ü" * 9000})[0], 200)
        data = self.data(run)
        self.assertEqual((len(data.params["long"]), len(data.tags["long"])), (6000, 8000))
        for key in ("a//b", "../a", "...", "/a", "a/", "a\\b", "a?b", "x" * 251, "."):
            for path, body in (("/runs/set-tag", {"value": "v"}), ("/runs/log-parameter", {"value": "v"}), ("/runs/log-metric", {"value": 1, "timestamp": 1})):
                self.assert_refused(post(path, {"run_id": run, "key": key, **body}), 400, "INVALID_PARAMETER_VALUE")
        for key in ("a/b.c-d_e f:g", "größe", "日本"):
            self.assertEqual(post("/runs/set-tag", {"run_id": run, "key": key, "value": "v"})[0], 200, key)
        self.assertEqual(post("/runs/log-batch", {"run_id": run, "tags": [{"key": "k", "value": "x" * 1_100_000}]})[0], 400)

    def test_wrong_fields_are_named(self):
        run = self.new_run()
        post = self.server.post
        metric = {"run_id": run, "key": "foo", "value": 31, "timestamp": 59, "step": 41}
        invalid = "INVALID_PARAMETER_VALUE"
        for change, words in (
            ({"run_id": 31}, "Invalid value 31 for parameter 'run_id' supplied"),
            ({"key": 31}, "Invalid value 31 for parameter 'key' supplied"),
            ({"step": "foo"}, "Invalid value \"foo\" for parameter 'step' supplied"),
            ({"timestamp": "foo"}, "Invalid value \"foo\" for parameter 'timestamp' supplied"),
            ({"run_id": None}, "Missing value for required parameter 'run_id'"),
            ({"key": None}, "Missing value for required parameter 'key'"),
        ):
            self.assert_refused(post("/runs/log-metric", {**metric, **change}), 400, invalid, words)
        self.assertEqual(post("/runs/log-metric", {**metric, "step": "41", "value": "1.5", "timestamp": "59", "unknown": {}})[0], 200)
        for name in ("metrics", "params", "tags"):
            self.assert_refused(post("/runs/log-batch", {"run_id": run, name: "foo"}), 400, invalid, f"Invalid value \"foo\" for parameter '{name}' supplied")
        self.assert_refused(
            post("/runs/log-batch", {"run_id": run, "metrics": [{"key": "mae", "value": 2.5}]}), 400, invalid, "Missing value for required parameter 'metrics[0].timestamp'"
        )
        self.assertEqual(post("/runs/log-batch", {"run_id": run, "metrics": [{"key": "mae", "value": 2.5, "timestamp": 1}]}), (200, {}))
        self.assertEqual(post("/runs/set-tag", {"run_uuid": run, "key": "k", "value": "v"}), (200, {}))
        self.assert_refused(post("/runs/log-batch", {"run_id": "../x"}), 400, invalid)
        self.assert_refused(post("/runs/log-metric", {**metric, "run_id": "none"}), 404, "RESOURCE_DOES_NOT_EXIST", "Run with id=none not found")
        self.assert_refused(post("/runs/log-metric", {**metric, "timestamp": 10**16}), 400, invalid, "years 1 to 9999")

    def test_tags_come_and_go(self):
        run = self.new_run()
        self.client.set_tag(run, "a", "1")
        self.client.set_tag(run, "a", "2")
        self.assertEqual(self.data(run).tags["a"], "2")
        self.client.delete_tag(run, "a")
        self.assertNotIn("a", self.data(run).tags)
        with self.assertRaisesRegex(MlflowException, "No tag with name: a"):
            self.client.delete_tag(run, "a")
        with self.assertRaisesRegex(MlflowException, "Run with id=none not found"):
            self.client.delete_tag("none", "a")

    def test_asynchronous_logging_arrives(self):
        with mlflow.start_run() as run:
            waits = [mlflow.log_metric("m", i, step=i, synchronous=False) for i in range(200)]
            waits.append(mlflow.log_param("p", 1, synchronous=False))
            for wait in waits:
                wait.wait()
        self.assertEqual(len(self.client.get_metric_history(run.info.run_id, "m")), 200)
        self.assertEqual(self.data(run.info.run_id).params["p"], "1")

    def test_what_is_not_supported_is_404_at_once(self):
        for method, path in (("POST", "/api/2.0/mlflow/registered-models/create"), ("GET", "/api/2.0/mlflow/nothing"), ("POST", "/api/3.0/mlflow/traces"), ("POST", "/graphql"), ("DELETE", "/api/2.0/mlflow/runs/get")):
            status, answer = self.server.send(method, path, b"{}" if method == "POST" else None)
            self.assertEqual(status, 404, path)
            self.assertIn(b"ENDPOINT_NOT_FOUND", answer)
        self.assertEqual(self.server.send("GET", "/health")[0], 200)
        self.assertEqual(self.server.send("GET", "/version")[0], 200)

    def test_sixteen_clients_at_once_lose_nothing(self):
        runs = [self.new_run() for _ in range(16)]
        failures = []

        def work(run):
            try:
                client = mlflow.MlflowClient(self.server.uri)
                for i in range(20):
                    client.log_batch(run, metrics=[Metric("m", i * 10 + j, j, i) for j in range(10)], tags=[RunTag("t", str(i))])
            except Exception as error:  # noqa: BLE001
                failures.append(error)

        threads = [threading.Thread(target=work, args=(run,)) for run in runs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])
        for run in runs:
            self.assertEqual(len(self.client.get_metric_history(run, "m")), 200)
            self.assertEqual(self.data(run).tags["t"], "19")
        self.assert_sound()


if __name__ == "__main__":
    unittest.main()
