"""Artifacts, inputs and models, through MLflow's own client."""
import json
import os
import unittest
import urllib.request
from pathlib import Path
from unittest import mock

import mlflow
from mlflow.entities import Dataset, DatasetInput, InputTag, LoggedModelInput, LoggedModelOutput, Metric
from mlflow.exceptions import MlflowException

from support import MLflowTest

SMALL = b"Hello, World!"
LARGE = bytes(range(256)) * 12_000


class Artifacts(MLflowTest):
    options = ("--max-upload", "4MB")

    def files(self, run, path=None):
        return {f.path: (f.is_dir, f.file_size) for f in self.client.list_artifacts(run, path)}

    def test_files_and_folders_go_in_and_come_out_as_they_were(self):
        run = self.new_run()
        source = self.path / "source"
        (source / "deep").mkdir(parents=True)
        (source / "my file.txt").write_bytes(SMALL)
        (source / "deep" / "gröss.bin").write_bytes(LARGE)
        (source / "empty").write_bytes(b"")
        self.client.log_artifact(run, str(source / "my file.txt"))
        self.client.log_artifacts(run, str(source), "dir")
        self.assertEqual(self.files(run), {"my file.txt": (False, len(SMALL)), "dir": (True, None)})
        self.assertEqual(set(self.files(run, "dir")), {"dir/my file.txt", "dir/deep", "dir/empty"})
        self.assertEqual(self.files(run, "nothing"), {})
        there = self.client.download_artifacts(run, "dir", str(self.path))
        self.assertEqual(open(os.path.join(there, "deep", "gröss.bin"), "rb").read(), LARGE)
        whole = mlflow.artifacts.download_artifacts(run_id=run, artifact_path=".", tracking_uri=self.server.uri)
        self.assertEqual(open(os.path.join(whole, "dir", "my file.txt"), "rb").read(), SMALL)
        number = self.server.varve("runs")[0]["run"]
        listed = self.server.varve("artifacts", "list", str(number))
        self.assertEqual([f["path"] for f in listed], ["dir/deep/gröss.bin", "dir/empty", "dir/my file.txt", "my file.txt"])
        self.assert_sound()
        # It goes with the run.
        self.client.delete_run(run)
        self.assertGreaterEqual(self.server.varve("purge", "--yes")["bytes"], len(LARGE))
        self.assertEqual(os.listdir(str(self.server.store) + ".artifacts"), [])

    def test_texts_tables_figures_and_images(self):
        with mlflow.start_run() as run:
            mlflow.log_text("a text", "notes/a.txt")
            mlflow.log_dict({"a": [1, 2]}, "d.json")
            mlflow.log_dict({"a": [1, 2]}, "d.yaml")
            try:
                mlflow.log_table({"x": [1, 2]}, "t.json")
                mlflow.log_table({"x": [3]}, "t.json")
                table = mlflow.load_table("t.json", run_ids=[run.info.run_id])
                self.assertEqual(sorted(table["x"]), [1, 2, 3])
            except (ImportError, ModuleNotFoundError):
                pass
        self.assertEqual(mlflow.artifacts.load_text(run.info.artifact_uri + "/notes/a.txt"), "a text")
        self.assertEqual(mlflow.artifacts.load_dict(run.info.artifact_uri + "/d.json"), {"a": [1, 2]})

    def test_a_file_is_replaced_and_removed(self):
        run = self.new_run()
        url = f"/api/2.0/mlflow-artifacts/artifacts/0/{run}/artifacts/a.bin"
        for content in (LARGE, SMALL):
            self.assertEqual(self.server.send("PUT", url, content)[0], 200)
            self.assertEqual(self.server.send("GET", url), (200, content))
        with urllib.request.urlopen(self.server.uri + url) as answer:
            self.assertEqual(answer.headers["Content-Disposition"], "attachment; filename=a.bin")
            self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
        self.assertEqual(self.server.send("DELETE", url)[0], 200)
        self.assertEqual(self.server.send("GET", url)[0], 404)
        self.assertEqual(self.server.send("PUT", url, b"x" * 4_000_001)[0], 413)

    def test_a_path_never_leaves_its_run(self):
        run = self.new_run()
        invalid = {"error_code": "INVALID_PARAMETER_VALUE", "message": "Invalid path"}
        for path in (
            f"/api/2.0/mlflow/artifacts/list?run_id={run}&path=../path",
            f"/get-artifact?run_id={run}&path=../path",
            f"/get-artifact?run_id={run}&path=%2Fetc%2Fpasswd",
            "//model-versions/get-artifact?name=model&version=1&path=../path",
            f"/api/2.0/mlflow-artifacts/artifacts?path=0/{run}/artifacts/..",
            f"/api/2.0/mlflow-artifacts/artifacts/0/{run}/artifacts/%2e%2e/x",
        ):
            status, answer = self.server.send("GET", path)
            self.assertEqual((status, json.loads(answer)), (400, invalid), path)
        for path in ("a%5Cb", "..", "a/../b", "a%0ab"):
            self.assertEqual(self.server.send("PUT", f"/api/2.0/mlflow-artifacts/artifacts/0/{run}/artifacts/{path}", SMALL)[0], 400, path)
        self.assertEqual(self.server.send("GET", f"/api/2.0/mlflow-artifacts/artifacts/0/{run}/artifacts/none")[0], 404)
        self.assertEqual(self.server.send("GET", "/api/2.0/mlflow-artifacts/artifacts/0/none/artifacts/a")[0], 404)

    def test_the_page_puts_files_too(self):
        run = self.new_run()
        url = "/ajax-api/2.0/mlflow/upload-artifact"
        for query, words in (
            ("", "Request must specify run_uuid."),
            (f"?run_uuid={run}", "Request must specify path."),
            (f"?run_uuid={run}&path=", "Request must specify path."),
            (f"?run_uuid={run}&path=../test.txt", "Invalid path"),
            (f"?run_uuid={run}&path=test.txt", "Request must specify data."),
        ):
            status, answer = self.server.send("POST", url + query, b"")
            self.assert_refused((status, json.loads(answer)), 400, "INVALID_PARAMETER_VALUE", words)
        self.assertEqual(self.server.send("POST", url + f"?run_uuid={run}&path=test.txt", b"hello world")[0], 200)
        self.assertEqual(self.server.send("GET", f"/get-artifact?run_uuid={run}&path=test.txt"), (200, b"hello world"))
        status, answer = self.server.send("POST", url + f"?run_uuid={run}&path=large", b"x" * (10 * 2**20 + 1))
        self.assert_refused((status, json.loads(answer)), 400, "INVALID_PARAMETER_VALUE", "Artifact size is too large. Max size is 10MB.")

    def test_a_client_that_would_send_and_take_parts_sends_and_takes_whole_files(self):
        run = self.new_run()
        asked = {f"MLFLOW_ENABLE_PROXY_MULTIPART_{way}": "true" for way in ("UPLOAD", "DOWNLOAD")}
        with mock.patch.dict(os.environ, MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE="1", **asked):
            place = self.path / "a.bin"
            place.write_bytes(LARGE)
            self.client.log_artifact(run, str(place))
            found = self.client.download_artifacts(run, "a.bin")
        self.assertEqual(Path(found).read_bytes(), LARGE)


class Inputs(MLflowTest):
    def test_what_a_run_was_given_to_read(self):
        experiment = self.client.create_experiment("inputs")
        run = self.client.create_run(experiment).info.run_id
        data = Dataset(name="name1", digest="digest1", source_type="type1", source="source1", schema="{}")
        inputs = [DatasetInput(dataset=data, tags=[InputTag("foo", "baz"), InputTag("mlflow.data.context", "training")])]
        for _ in range(2):
            self.client.log_inputs(run, inputs)
        found = self.client.get_run(run).inputs.dataset_inputs
        self.assertEqual(len(found), 1)
        self.assertEqual((found[0].dataset.name, found[0].dataset.source, found[0].dataset.schema), ("name1", "source1", "{}"))
        self.assertEqual([(t.key, t.value) for t in found[0].tags], [("foo", "baz"), ("mlflow.data.context", "training")])
        search = "/ajax-api/2.0/mlflow/experiments/search-datasets"
        status, answer = self.server.send("POST", search, {"experiment_ids": [experiment]})
        self.assertEqual(json.loads(answer)["dataset_summaries"], [{"experiment_id": experiment, "name": "name1", "digest": "digest1", "context": "training"}])
        for text in ("dataset.name = 'name1'", "datasets.digest LIKE 'dig%'", "dataset.context IN ('training', 'x')"):
            self.assertEqual([r.info.run_id for r in self.client.search_runs([experiment], text)], [run], text)
        self.assertEqual(len(self.client.search_runs([experiment], "dataset.context = 'x'")), 0)
        invalid = "INVALID_PARAMETER_VALUE"
        status, answer = self.server.send("POST", search, {})
        self.assert_refused((status, json.loads(answer)), 400, invalid, "must specify at least one experiment_id")
        self.assert_refused(self.server.post("/runs/log-inputs", {"datasets": []}), 400, invalid, "Missing value for required parameter 'run_id'")
        self.client.log_inputs(run, [])
        # They are told in the order in which they were said.
        other = self.new_run()
        for name in ("b", "a"):
            self.client.log_inputs(other, [DatasetInput(Dataset(name, digest, "type", "source"), []) for digest in ("2", "1")])
        told = [(i.dataset.name, i.dataset.digest) for i in self.client.get_run(other).inputs.dataset_inputs]
        self.assertEqual(told, [("b", "2"), ("b", "1"), ("a", "2"), ("a", "1")])
        for field in ("name", "digest", "source_type", "source"):
            data = {"name": "n", "digest": "d", "source_type": "t", "source": "s"}
            del data[field]
            self.assert_refused(self.server.post("/runs/log-inputs", {"run_id": run, "datasets": [{"dataset": data}]}), 400, invalid, f"Dataset {field} cannot be None")


class Models(MLflowTest):
    def test_data_sets_with_large_schemas_fit(self):
        run = self.new_run()

        def log(count, **content):
            names = [Dataset(f"data {number}", "d", "t", "s", **content) for number in range(count)]
            self.client.log_inputs(run, [DatasetInput(name) for name in names])

        log(3, schema="x" * 1_000_000)
        log(1, profile="y" * 16_000_000)
        self.assertEqual(len(self.client.get_run(run).inputs.dataset_inputs), 3)
        for count, content in [(1, {"profile": "y" * 17_000_000}), (21, {"schema": "x" * 1_000_000})]:
            with self.assertRaises(mlflow.MlflowException) as refusal:
                log(count, **content)
            self.assertEqual(refusal.exception.error_code, "INVALID_PARAMETER_VALUE")

    def test_a_logged_model_is_found_loaded_and_goes_with_its_run(self):
        with mlflow.start_run() as run:
            model = self.client.create_logged_model("0", name="first", source_run_id=run.info.run_id, params={"alpha": "1"}, tags={"kind": "a"})
            source = self.path / "model"
            source.mkdir()
            (source / "MLmodel").write_bytes(SMALL)
            self.client.log_model_artifacts(model.model_id, str(source))
            self.client.finalize_logged_model(model.model_id, "READY")
        found = self.client.get_logged_model(model.model_id)
        self.assertEqual((found.name, str(found.status), found.params, found.source_run_id), ("first", "READY", {"alpha": "1"}, run.info.run_id))
        self.assertEqual([a.path for a in self.client.list_logged_model_artifacts(model.model_id)], ["MLmodel"])
        self.client.set_logged_model_tags(model.model_id, {"kind": "b", "more": "c"})
        self.client.delete_logged_model_tag(model.model_id, "more")
        self.assertEqual(self.client.get_logged_model(model.model_id).tags, {"kind": "b"})
        self.assertEqual([m.model_id for m in self.client.search_logged_models(["0"], "params.alpha = '1' AND name = 'first'")], [model.model_id])
        self.assertEqual(list(self.client.search_logged_models(["0"], "name = 'other'")), [])
        for _ in range(2):
            self.client.log_outputs(run.info.run_id, [LoggedModelOutput(model.model_id, 3)])
            self.client.log_inputs(run.info.run_id, models=[LoggedModelInput(model.model_id)])
        found = self.client.get_run(run.info.run_id)
        self.assertEqual(found.outputs.model_outputs, [LoggedModelOutput(model.model_id, 3)])
        self.assertEqual(found.inputs.model_inputs, [LoggedModelInput(model.model_id)])
        other = self.client.create_logged_model("0")
        self.client.delete_logged_model(other.model_id)
        with self.assertRaisesRegex(MlflowException, "not found"):
            self.client.get_logged_model(other.model_id)
        self.client.delete_run(run.info.run_id)
        self.server.varve("purge", "--yes")
        with self.assertRaisesRegex(MlflowException, "not found"):
            self.client.get_logged_model(model.model_id)
        self.assert_sound()

    def test_metrics_of_a_model_are_kept_with_their_data_sets_and_searched(self):
        experiment = self.client.create_experiment("evaluation")
        run = self.client.create_run(experiment).info.run_id
        models = [self.client.create_logged_model(experiment, name=name).model_id for name in ("one", "two", "three")]
        for step, (model, value, digest) in enumerate([(0, 0.5, "a"), (0, 0.7, "b"), (1, 0.6, "a"), (0, 0.5, "a")]):
            self.client.log_metric(run, "acc", value, 9, step % 3, dataset_name="test", dataset_digest=digest, model_id=models[model])
        self.client.log_batch(run, [Metric("loss", float("nan"), 9, 1, model_id=models[1])])
        self.assertEqual(
            self.client.get_logged_model(models[0]).metrics,
            [Metric("acc", value, 9, step, model_id=models[0], dataset_name="test", dataset_digest=digest, run_id=run) for value, step, digest in ((0.5, 0, "a"), (0.7, 1, "b"))],
        )
        self.assertEqual(len(self.client.get_logged_model(models[1]).metrics), 2)
        self.assertEqual([m.value for m in self.client.get_metric_history(run, "acc")], [0.5, 0.7, 0.6])

        def names(text=None, datasets=None, order=None):
            return [m.name for m in self.client.search_logged_models([experiment], text, datasets, order_by=order)]

        self.assertEqual(names(), ["three", "two", "one"])
        self.assertEqual(names(datasets=[{"dataset_name": "test", "dataset_digest": "b"}]), ["one"])
        self.assertEqual(names("metrics.acc > 0.55", [{"dataset_name": "test", "dataset_digest": "a"}]), ["two"])
        self.assertEqual(names("metrics.acc < 0.55"), ["one"])
        self.assertEqual(names(order=[{"field_name": "metrics.acc"}]), ["two", "one", "three"])
        self.assertEqual(names(order=[{"field_name": "metrics.acc", "dataset_name": "test", "dataset_digest": "a"}]), ["one", "two", "three"])
        for text in ("metrics.acc > 'x'", "name > 'x'", "nothing = 'x'", "name = 1"):
            with self.assertRaisesRegex(MlflowException, "INVALID_PARAMETER_VALUE", msg=text):
                names(text)
        with self.assertRaisesRegex(MlflowException, "Logged model with ID 'm-none' not found"):
            self.client.log_metric(run, "other", 1, model_id="m-none")
        self.assertNotIn("other", self.data(run).metrics)
        self.assertEqual(self.client.create_logged_model(experiment, source_run_id="elsewhere").source_run_id, "elsewhere")
        self.assert_sound()

    def test_a_model_without_a_run_keeps_its_files(self):
        model = self.client.create_logged_model("0", name="alone")
        (self.path / "weights").write_bytes(LARGE)
        self.client.log_model_artifact(model.model_id, str(self.path / "weights"))
        there = mlflow.artifacts.download_artifacts(artifact_uri=model.artifact_location + "/weights", dst_path=str(self.path / "out"))
        self.assertEqual(open(there, "rb").read(), LARGE)
        self.assert_sound()


if __name__ == "__main__":
    unittest.main()
