"""Searches, histories and pages, through MLflow's own client."""
import math
import unittest

from mlflow.entities import Metric, Param, RunTag, ViewType
from mlflow.exceptions import MlflowException

from support import MLflowTest


class Search(MLflowTest):
    def setUp(self):
        super().setUp()
        self.runs = {}
        for index, (name, loss) in enumerate([("one", 0.5), ("two", math.nan), ("three", 2.0), ("four", None), ("five", math.inf)]):
            run = self.client.create_run("0", start_time=1000 + index, run_name=name, tags={"kind": "A" if index % 2 else "a"})
            self.runs[run.info.run_id] = name
            metrics = [] if loss is None else [Metric("val/loss", loss, 1, 0)]
            self.client.log_batch(run.info.run_id, metrics=metrics, params=[Param("lr.base", str(index)), Param("x", "b")][: 2 - index % 2])

    def find(self, filter="", **options):
        return [self.runs[r.info.run_id] for r in self.client.search_runs(["0"], filter, **options)]

    def test_clauses(self):
        everything = ["five", "four", "three", "two", "one"]
        for text, expected in (
            ("", everything),
            ("metrics.`val/loss` < 1", ["one"]),
            ('metrics."val/loss" >= 0.5 and attributes.run_name != \'five\'', ["three", "one"]),
            ("metric.`val/loss` != 2", ["five", "two", "one"]),
            ("params.lr.base = '3'", ["four"]),
            ("params.x != 'a'", ["five", "three", "one"]),
            ("params.x IS NULL", ["four", "two"]),
            ("params.x IS NOT NULL AND tags.kind = 'a'", ["five", "three", "one"]),
            ("tags.kind LIKE 'a'", ["five", "three", "one"]),
            ("tag.kind ILIKE 'A%'", everything),
            ("run_name LIKE 't%'", ["three", "two"]),
            ("run.run_name = 'one'", ["one"]),
            ("status = 'RUNNING'", everything),
            ("attributes.status = 'FINISHED'", []),
            ("start_time > 1002", ["five", "four"]),
            ("attribute.start_time <= 1000", ["one"]),
            ("tags.`mlflow.runName` = \"two\"", ["two"]),
        ):
            self.assertEqual(self.find(text), expected, text)
        ids = list(self.runs)
        self.assertEqual(self.find(f"run_id IN ('{ids[0]}', '{ids[2]}')"), ["three", "one"])
        self.assertEqual(self.find(f"attributes.run_id NOT IN ('{ids[0]}')"), ["five", "four", "three", "two"])
        self.assertEqual(self.find(f"run_id = '{ids[1]}'"), ["two"])

    def test_orders(self):
        self.assertEqual(self.find(order_by=["metrics.`val/loss`"]), ["one", "three", "five", "two", "four"])
        self.assertEqual(self.find(order_by=["metrics.`val/loss` DESC"]), ["five", "three", "one", "two", "four"])
        self.assertEqual(self.find(order_by=["params.x", "run_name ASC"]), ["five", "one", "three", "four", "two"])
        self.assertEqual(self.find(order_by=["start_time"]), ["one", "two", "three", "four", "five"])
        self.assertEqual(self.find(order_by=["attribute.end_time DESC"]), ["five", "four", "three", "two", "one"])

    def test_what_cannot_be_read_is_400(self):
        for text in (
            "metrics.a = 'x'", "params.a > 1", "params.a = 1", "nothing.a = '1'", "a = '1'", "metrics.a < 1 OR metrics.b < 1",
            "metrics.a <", "run_id IN ()", "status IN ('RUNNING')", "params.a = 'x", "metrics.a IS NULL", "start_time = 'x'", "AND",
        ):
            with self.assertRaisesRegex(MlflowException, "INVALID_PARAMETER_VALUE", msg=text):
                self.client.search_runs(["0"], text)
        for order in ("nothing.a", "metrics.a sideways", "x", "run_name, status"):
            with self.assertRaisesRegex(MlflowException, "INVALID_PARAMETER_VALUE", msg=order):
                self.client.search_runs(["0"], order_by=[order])
        with self.assertRaisesRegex(MlflowException, "Invalid value 123456789 for parameter 'max_results' supplied"):
            self.client.search_runs(["0"], max_results=123456789)
        for token in ("x", "00", "eyJvZmZzZXQiOiA0fQ=="):
            with self.assertRaisesRegex(MlflowException, "INVALID_PARAMETER_VALUE"):
                self.client.search_runs(["0"], page_token=token)

    def test_pages_are_followed_to_their_end_whatever_begins_meanwhile(self):
        found, token = [], None
        while True:
            page = self.client.search_runs(["0"], max_results=2, page_token=token)
            found += [self.runs[r.info.run_id] for r in page]
            self.client.create_run("0", start_time=9_000_000)
            token = page.token
            if not token:
                break
        self.assertEqual(found, ["five", "four", "three", "two", "one"])
        same = sorted(self.client.create_run("0", start_time=1).info.run_id for _ in range(10))
        page = self.client.search_runs(["0"], "start_time = 1", max_results=4)
        rest = self.client.search_runs(["0"], "start_time = 1", max_results=40, page_token=page.token)
        self.assertEqual([r.info.run_id for r in [*page, *rest]], same)

    def test_deleted_runs_are_found_where_they_are_asked_for(self):
        first = next(iter(self.runs))
        self.client.delete_run(first)
        self.assertEqual(self.find(run_view_type=ViewType.DELETED_ONLY), ["one"])
        self.assertEqual(len(self.find(run_view_type=ViewType.ALL)), 5)
        self.assertEqual(len(self.find()), 4)


class Histories(MLflowTest):
    def test_a_history_comes_in_pages(self):
        run = self.new_run()
        for start in range(0, 3000, 1000):
            self.client.log_batch(run, metrics=[Metric("m", i, i, i) for i in range(start, start + 1000)])
        self.assertEqual([m.step for m in self.client.get_metric_history(run, "m")], list(range(3000)))
        path = f"/api/2.0/mlflow/metrics/get-history?run_id={run}&metric_key=m&max_results=1600"
        first = self.server.get(path)[1]
        rest = self.server.get(path + "&page_token=" + first["next_page_token"])[1]
        self.assertEqual([m["step"] for m in first["metrics"] + rest["metrics"]], list(range(3000)))
        self.assertNotIn("next_page_token", rest)
        path = f"/api/2.0/mlflow/metrics/get-history?run_id={run}&metric_key=m&max_results="
        for limit in (0, -5):
            self.assert_refused(self.server.get(path + str(limit)), 400, "INVALID_PARAMETER_VALUE", "'max_results'")

    def test_histories_of_several_runs(self):
        runs = [self.new_run() for _ in range(3)]
        history = [{"key": "m", "timestamp": t, "step": s, "value": v} for t, s, v in [(1, 2, 10.0), (1, 3, 11.0), (1, 3, 12.0), (2, 3, 12.0)]]
        for run in runs[:2]:
            for metric in history:
                self.client.log_metric(run, **metric)
        url = "/ajax-api/2.0/mlflow/metrics/get-history-bulk?metric_key=m" + "".join(f"&run_id={r}" for r in runs)
        expected = [{**metric, "run_id": run} for run in sorted(runs[:2]) for metric in history]
        self.assertEqual(self.server.get(url)[1]["metrics"], expected)
        self.assertEqual(self.server.get(url + "&max_results=2")[1]["metrics"], expected[:2])
        invalid = "INVALID_PARAMETER_VALUE"
        base = "/ajax-api/2.0/mlflow/metrics/get-history-bulk"
        self.assert_refused(self.server.get(base + "?metric_key=m"), 400, invalid, "must specify at least one run_id")
        self.assert_refused(self.server.get(base + "?run_id=1"), 400, invalid, "must specify a metric_key")
        many = "".join(f"&run_id={i}" for i in range(101))
        self.assert_refused(self.server.get(base + "?metric_key=m" + many), 400, invalid, "cannot specify more than")

    def test_a_sample_of_steps(self):
        first, second = self.new_run(), self.new_run()
        for run, count in ((first, 10), (second, 20)):
            self.client.log_batch(run, metrics=[Metric("m", 10.0, 1, i) for i in range(count)])
        url = "/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval?metric_key=m&max_results=5"
        steps = lambda query: [m["step"] for m in self.server.get(url + query)[1]["metrics"]]  # noqa: E731
        self.assertEqual(steps(f"&run_ids={first}"), [0, 2, 4, 6, 9])
        self.assertEqual(steps(f"&run_ids={first}&start_step=0&end_step=4"), [0, 1, 2, 3, 4])
        self.assertEqual(steps(f"&run_ids={first}&run_ids={second}"), [0, 2, 4, 6, 9, 0, 4, 8, 12, 19])
        # Many values of one step are thinned too.
        self.client.log_batch(first, metrics=[Metric("n", float(i), i, 0) for i in range(100)])
        found = self.server.get(url.replace("metric_key=m", "metric_key=n") + f"&run_ids={first}")[1]["metrics"]
        self.assertEqual([m["value"] for m in found], [0, 20, 40, 60, 99])
        for query, words in (
            ("", "Missing value for required parameter 'run_ids'"),
            ("&run_ids=1&start_step=1", "If either start step or end step are specified"),
            ("&run_ids=1&start_step=1&end_step=0", "end_step must be greater than start_step. "),
        ):
            self.assert_refused(self.server.get(url + query), 400, "INVALID_PARAMETER_VALUE", words)


if __name__ == "__main__":
    unittest.main()
