"""What of a config becomes the columns of the HParams table."""

from mcgan.view.tensorboard.hparams import LIMIT, settings_of

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
    assert settings["train.compile"] is True and settings["reg.replay.size"] == 100
    assert not {"name", "runs_dir", "objective._target_"} & settings.keys()
    assert all(type(value) in (bool, int, float, str) for value in settings.values())


def test_at_most_thirty_and_the_chosen_names_stay() -> None:
    settings = settings_of({**CONFIG, "train": {f"t{i}": i for i in range(50)}}, {})
    assert len(settings) == LIMIT
    assert {"objective", "dataset", "reg", "seed", "replicas"} <= settings.keys()


def test_no_strategy() -> None:
    assert settings_of({"reg": {}}, {})["reg"] == "none"
