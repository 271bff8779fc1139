"""Lightning, Transformers and Accelerate take Varve as they take their own loggers."""

import copy
import pickle

import pytest
import torch
from torch import nn

import varve

inputs = torch.randn(16, 4)
targets = torch.randint(0, 2, (16,))


class TestLightning:
    @pytest.fixture
    def lightning(self):
        return pytest.importorskip("lightning.pytorch")

    def module(self, lightning, fails_at=None):
        class Module(lightning.LightningModule):
            def __init__(self, width=3):
                super().__init__()
                self.save_hyperparameters()
                self.net = nn.Sequential(nn.Linear(4, width), nn.ReLU(), nn.Linear(width, 2))

            def training_step(self, batch, index):
                if index == fails_at:
                    raise ValueError("bad batch")
                loss = nn.functional.cross_entropy(self.net(batch[0]), batch[1])
                self.log("loss", loss)
                return loss

            def forward(self, x):
                return self.net(x)

            def test_step(self, batch, index):
                self.log("test_loss", nn.functional.cross_entropy(self.net(batch[0]), batch[1]))

            def configure_optimizers(self):
                return torch.optim.SGD(self.parameters(), lr=0.1)

        return Module(width=5)

    def trainer(self, lightning, logger, folder, **options):
        return lightning.Trainer(
            logger=logger, max_epochs=2, log_every_n_steps=1, enable_progress_bar=False, enable_model_summary=False,
            enable_checkpointing=False, accelerator="cpu", default_root_dir=str(folder), **options,
        )

    def loader(self):
        return torch.utils.data.DataLoader(torch.utils.data.TensorDataset(inputs, targets), batch_size=4)

    def test_a_training_and_a_test_are_one_run(self, lightning, store, tmp_path):
        from varve.lightning import VarveLogger

        logger = VarveLogger("lit", name="first", tags={"a": "b"})
        trainer = self.trainer(lightning, logger, tmp_path)
        module = self.module(lightning)
        trainer.fit(module, self.loader())
        trainer.test(module, self.loader(), verbose=False)
        assert logger.version == 1 and logger.name == "lit"
        logger.experiment.finish()
        shown = store.show()
        assert shown["status"] == "finished" and shown["params"]["width"] == 5 and shown["name"] == "first"
        assert [step for step, _ in store.metrics()["loss"]] == list(range(8))
        assert "test_loss" in shown["metrics"]

    def test_a_failure_is_one(self, lightning, store, tmp_path):
        from varve.lightning import VarveLogger

        with pytest.raises(ValueError):
            self.trainer(lightning, VarveLogger(), tmp_path).fit(self.module(lightning, fails_at=2), self.loader())
        shown = store.show()
        assert shown["status"] == "failed" and shown["tags"]["varve.reason"] == "ValueError: bad batch"

    def test_a_dropped_logger_of_a_training_that_ended_is_finished(self, lightning, store, tmp_path):
        import gc

        from varve.lightning import VarveLogger

        logger = VarveLogger()
        trainer = self.trainer(lightning, logger, tmp_path)
        trainer.fit(self.module(lightning), self.loader())
        del logger, trainer
        gc.collect()
        from varve import _run

        _run._end_at_exit()
        assert store.show()["status"] == "finished"

    def test_the_contract_of_loggers(self, lightning, store):
        """What Lightning's own tests ask of every logger."""
        from argparse import Namespace

        from varve.lightning import VarveLogger

        logger = VarveLogger("contract")
        assert logger.version is None and logger.save_dir is None
        logger.log_hyperparams(Namespace(a=1, b={"c": None}))
        logger.log_hyperparams({"d": [1, 2]})
        logger.log_metrics({"loss": torch.tensor(0.5), "epoch": 0}, step=3)
        logger.log_metrics({"text": "no number"}, 4)
        logger.save()
        for copied in (pickle.loads(pickle.dumps(logger)), copy.deepcopy(logger)):
            copied.log_metrics({"loss": 9.0}, step=9)
        logger.log_graph(nn.Linear(1, 1))
        logger.finalize("success")
        logger.log_metrics({"later": 1.0}, step=5)
        logger.experiment.finish()
        shown = store.show()
        assert shown["params"] == {"a": 1, "b.c": None, "d": "[1, 2]"}
        assert store.metrics() == {"loss": [(3, 0.5)], "epoch": [(3, 0.0)], "later": [(5, 1.0)]}
        assert len(store.ask("runs")) == 1
        unstarted = pickle.loads(pickle.dumps(VarveLogger("second")))
        unstarted.log_metrics({"loss": 1.0}, step=0)
        unstarted.experiment.finish()
        assert len(store.ask("runs")) == 2

    def test_what_is_trained_is_watched_also_where_a_step_calls_its_parts(self, lightning, store, tmp_path):
        from varve.lightning import VarveLogger

        logger = VarveLogger()
        module = self.module(lightning)
        self.trainer(lightning, logger, tmp_path).fit(module, self.loader())
        logger.experiment.finish()
        # The step calls `self.net`; one that calls `self` is one pass too.
        module.training_step = lambda batch, index=0: nn.functional.cross_entropy(module(batch[0]), batch[1])
        second = VarveLogger()
        self.trainer(lightning, second, tmp_path).fit(module, self.loader())
        second.experiment.finish()
        for number in (1, 2):
            recorded = store.variances(number)
            assert sorted(recorded) == list(range(8)) and set(recorded[0]) == {"net.0", "net.2"}
        assert [step for step, _ in store.metrics()["loss"]] == list(range(8))
        unwatched = VarveLogger(watch=False)
        self.trainer(lightning, unwatched, tmp_path).fit(module, self.loader())
        unwatched.experiment.finish()
        assert store.variances(3) == {}


class TestTransformers:
    def test_a_training_is_a_run_with_its_layers(self, store, tmp_path):
        transformers = pytest.importorskip("transformers")
        from varve.transformers import VarveCallback

        config = transformers.BertConfig(
            vocab_size=20, hidden_size=8, num_hidden_layers=2, num_attention_heads=2, intermediate_size=16,
            max_position_embeddings=8,
        )
        model = transformers.BertForSequenceClassification(config)
        examples = [{"input_ids": torch.randint(0, 20, (6,)), "labels": index % 2} for index in range(16)]
        arguments = transformers.TrainingArguments(
            output_dir=str(tmp_path), max_steps=4, per_device_train_batch_size=4, logging_steps=1, report_to="none",
            disable_tqdm=True, save_strategy="no", use_cpu=True, seed=5,
        )
        callback = VarveCallback("glue", architecture="bert")
        trainer = transformers.Trainer(
            model=model, args=arguments, train_dataset=examples, eval_dataset=examples, callbacks=[callback]
        )
        trainer.train()
        trainer.evaluate()
        callback.run.finish()
        shown = store.show()
        assert shown["status"] == "finished" and shown["experiment"] == "glue" and shown["seed"] == 5
        assert shown["params"]["max_steps"] == 4 and shown["params"]["model.hidden_size"] == 8
        assert [step for step, _ in store.metrics()["loss"]] == [1, 2, 3, 4]
        assert "eval_loss" in shown["metrics"]
        recorded = store.variances()
        assert sorted(recorded) == [0, 1, 2, 3]
        names = {row["layer"]: row["name"] for row in shown["variances"]}
        blocks = [name for name, short in names.items() if short.startswith("residual")]
        assert blocks == ["bert.encoder.layer.0", "bert.encoder.layer.1"]


    def test_each_trial_of_a_search_is_a_run(self, store, tmp_path):
        transformers = pytest.importorskip("transformers")
        from varve.transformers import VarveCallback

        arguments = transformers.TrainingArguments(output_dir=str(tmp_path), report_to="none", use_cpu=True)
        callback = VarveCallback("search", tags={"a": "b"})
        control = transformers.TrainerControl()
        for trial in range(3):
            arguments.learning_rate = 0.1 * (trial + 1)
            state = transformers.TrainerState(is_hyper_param_search=True, trial_name=f"trial-{trial}", global_step=0)
            callback.on_train_begin(arguments, state, control, model=nn.Linear(2, 2))
            callback.on_log(arguments, state, control, logs={"loss": float(trial)})
            callback.on_train_end(arguments, state, control)
        callback.run.finish()
        shown = [store.show(number) for number in (1, 2, 3)]
        assert [run["name"] for run in shown] == ["trial-0", "trial-1", "trial-2"]
        assert [run["params"]["learning_rate"] for run in shown] == pytest.approx([0.1, 0.2, 0.3])
        assert {run["status"] for run in shown} == {"finished"} and {run["tags"]["a"] for run in shown} == {"b"}

    def test_the_class_itself_is_a_callback(self, store, tmp_path):
        transformers = pytest.importorskip("transformers")
        from varve.transformers import VarveCallback

        config = transformers.GPT2Config(vocab_size=20, n_embd=8, n_layer=2, n_head=2, n_positions=8)
        arguments = transformers.TrainingArguments(
            output_dir=str(tmp_path), max_steps=2, per_device_train_batch_size=4, logging_steps=1, report_to="none",
            disable_tqdm=True, save_steps=1, use_cpu=True, gradient_accumulation_steps=2,
        )
        examples = [{"input_ids": row, "labels": row} for row in torch.randint(0, 20, (16, 6))]
        trainer = transformers.Trainer(
            model=transformers.GPT2LMHeadModel(config), args=arguments, train_dataset=examples, callbacks=[VarveCallback]
        )
        trainer.train()
        callback = trainer.pop_callback(VarveCallback)
        callback.run.finish()
        assert store.show()["status"] == "finished" and sorted(store.variances()) == [0, 1]
        names = {row["layer"]: row["name"] for row in store.show()["variances"]}
        assert names["transformer.h.0"] == "residual1" and names["transformer.h.1.attn.c_attn"].startswith("linear")


class TestAccelerate:
    def test_it_is_a_tracker(self, store):
        accelerate = pytest.importorskip("accelerate")
        from varve.accelerate import VarveTracker

        accelerator = accelerate.Accelerator(log_with=VarveTracker("acc", name="first"), cpu=True)
        accelerator.init_trackers("ignored", config={"lr": 0.1, "nested": {"a": 1}})
        model, optimizer = nn.Linear(4, 2), None
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        model, optimizer = accelerator.prepare(model, optimizer)
        accelerator.get_tracker("varve", unwrap=True).watch(model)
        for step in range(3):
            loss = nn.functional.cross_entropy(model(inputs), targets)
            accelerator.backward(loss)
            optimizer.step()
            optimizer.zero_grad()
            accelerator.log({"loss": loss.item(), "word": "text"}, step=step)
        accelerator.end_training()
        shown = store.show()
        assert shown["status"] == "finished" and shown["params"] == {"lr": 0.1, "nested.a": 1}
        assert shown["tags"]["word"] == "text" and len(store.metrics()["loss"]) == 3
        assert sorted(store.variances()) == [0, 1, 2]


def test_a_run_of_the_program_is_not_ended_by_a_logger(store):
    pytest.importorskip("lightning.pytorch")
    from varve.lightning import VarveLogger

    with varve.run("own") as run:
        logger = VarveLogger(run=run)
        logger.log_metrics({"loss": 1.0}, step=0)
        logger.finalize("failed")
        run.log({"loss": 2.0}, step=1)
    assert store.show()["status"] == "finished" and len(store.metrics()["loss"]) == 2
