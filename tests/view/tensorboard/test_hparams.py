"""What of a config becomes the columns of the HParams table."""

from typing import Any

from tensorboard.plugins.hparams import metadata

from mcgan.view.tensorboard.hparams import records, settings_of

CONFIG = {
    "seed": 3, "replicas": 8, "name": "x", "runs_dir": "runs",
    "objective": {"_target_": "mcgan.objective.Wasserstein", "critic_steps": 5},
    "dataset": {"_target_": "mcgan.dataset.ring.Ring", "modes": 8, "fixed_size": None},
    "optim": {"_target_": "mcgan.optim.Adam", "betas": [0.5, 0.9], "d": {"lr": None}},
    "protocol": {"name": "metz"}, "reg": {"clip": {"c": 0.01}, "replay": {"size": 100}},
    "train": {"steps": 100, "compile": True},
}  # fmt: skip


def test_names_of_what_was_chosen_then_typed_settings() -> None:
    settings = settings_of(CONFIG, {"objective": "wgan"})
    assert settings["objective"] == "wgan" and settings["dataset"] == "Ring"
    assert settings["protocol"] == "metz"
    assert settings["reg"] == "clip+replay" and settings["arch"] == "none"
    assert settings["optim.betas"] == "0.5+0.9" and settings["optim.d.lr"] == "none"
    assert settings["train.compile"] is True and settings["reg.replay.size"] == "100"
    assert not {"name", "runs_dir", "objective._target_"} & settings.keys()
    assert all(type(value) in (bool, float, str) for value in settings.values())


def test_no_setting_is_lost_to_many_others() -> None:
    """Thirty were kept: those of nets and of evaluation fell out behind a strategy's."""
    many = {"train": {f"t{i}": i for i in range(50)}, "arch": {"name": "mlp", "width": 64}}
    settings = settings_of({**CONFIG, **many, "eval": {"every": 10}}, {})
    assert settings["arch.width"] == "64" and settings["eval.every"] == "10"
    assert {"objective", "dataset", "reg", "seed", "replicas", "train.t49"} <= settings.keys()


def test_whole_numbers_are_shown_whole() -> None:
    """TensorBoard prints numbers with five digits: 100,000 steps as 1.0000e+5."""
    row = settings_of(CONFIG | {"train": {"steps": 100_000, "compile": True}}, {})
    start, _ = records(row | {"optim.lr": 0.002}, "STATUS_SUCCESS")
    content = start.value[0].metadata.plugin_data.content
    told = metadata.parse_session_start_info_plugin_data(content).hparams
    assert told["train.steps"].string_value == "100000"
    assert told["optim.lr"].number_value == 0.002 and told["train.compile"].bool_value
    assert told["reg"].string_value == "clip+replay"


def optim(**settings: Any) -> dict[str, Any]:
    return settings_of({"optim": {"_target_": "mcgan.optim.Adam", **settings}}, {})


def test_a_number_is_one_in_every_run_and_counts_are_texts() -> None:
    """gamma=0.1,1,10 are numbers of one column, though 1 and 10 are whole."""
    assert [type(optim(lr=lr)["optim.lr"]) for lr in (0.5, 1)] == [float, float]
    gamma = {"r1": {"_target_": "mcgan.reg.r1.R1", "gamma": 10}}
    assert type(settings_of({"reg": gamma}, {})["reg.r1.gamma"]) is float
    ring = settings_of({"dataset": {"_target_": "mcgan.dataset.ring.Ring", "modes": 8}}, {})
    assert ring["dataset.modes"] == "8"


def test_a_schedule_stands_in_the_column_of_its_number() -> None:
    """In columns of its own it would differ from nothing: TensorBoard would not show it."""
    falls = {"from": 0.002, "to": 0, "until": 1, "shape": "cosine"}
    runs = [optim(lr=0.001, d={"lr": lr}) for lr in (None, 0.001, falls)]
    assert runs[0].keys() == runs[1].keys() == runs[2].keys()
    assert [run["optim.d.lr"] for run in runs] == [
        "none", 0.001, "{from: 0.002, to: 0, until: 1, shape: cosine}"]  # fmt: skip


def test_no_strategy() -> None:
    assert settings_of({"reg": {}}, {})["reg"] == "none"
