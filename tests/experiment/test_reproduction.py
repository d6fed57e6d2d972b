"""Rows of papers: their presets, their figures beside measured ones, and what they would take."""

import pytest
import torch

from mcgan.config.compose import compose
from mcgan.config.messages import list_options
from mcgan.engine import compile_cost
from mcgan.engine.trainer import Trainer
from mcgan.errors import UserError
from mcgan.experiment import reproduction
from mcgan.experiment.components import build_components
from mcgan.run.identity import generator_of, identity

ROWS = [name.removeprefix("paper/") for name in list_options("experiment") if "/" in name]
TINY = ("arch.width=8", "arch.critic_width=8", "arch.latent=4", "train.batch_size=8",
        "train.steps=4", "protocol.samples=50", "replicas=1", "train.compile=false")  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
def test_a_row_says_what_a_paper_reports_and_in_what_it_differs(name):
    composed = compose(f"experiment=paper/{name}", "name=x")
    known = reproduction.published_of(name, composed.config)
    assert composed.choices["experiment"] == f"paper/{name}"
    assert known.source and known.differs and (known.measures or known.says)
    assert all(each.endswith(".") for each in known.differs)


def test_there_are_rows_with_figures_of_plain_games_and_of_cures():
    configs = {name: compose(f"experiment=paper/{name}", "name=x").config for name in ROWS}
    assert sum(bool(config["published"].get("measures")) for config in configs.values()) >= 8
    assert {bool(config["reg"]) for config in configs.values()} == {True, False}


def test_training_does_not_see_the_block():
    """Neither its weights nor what makes a run this one depend on it."""
    config = compose("experiment=paper/paired_grid_gan", "name=x", *TINY).config
    other = config | {"published": {"source": "Nobody 1999", "measures": {"kl": 9.0}}}
    for same in (identity, generator_of):
        assert same(config) == same(other) == same(config | {"published": None})
    first, second = (trained(each) for each in (config, other))
    assert all(torch.equal(first[key], second[key]) for key in first)


def trained(config):
    parts = build_components(config)
    trainer = Trainer(parts.game, parts.dataset.draw, parts.optim, parts.seeds)
    trainer.step()
    return trainer.replicas.replica(0)


def test_a_wrong_block_is_refused_before_anything_is_trained():
    config = compose("name=x").config | {"published": {"source": "A", "measures": {"klm": 1.0}}}
    with pytest.raises(UserError, match="no measure 'klm'"):
        build_components(config)


@pytest.mark.parametrize(("words", "folder"), [
    ([], "paper/row"), (["runs_dir=elsewhere"], "paper/row"), (["seed=3"], "paper/row_seed-3"),
    (["train.steps=9", "seed=3"], "paper/row_seed-3_train.steps-9"),
])  # fmt: skip
def test_the_same_words_lead_to_the_same_folder(words, folder):
    assert reproduction.place("row", words) == [f"name={folder}"]


def test_a_name_of_the_users_is_the_folder():
    assert reproduction.place("row", ["name=mine", "seed=3"]) == []


@pytest.mark.parametrize("replicas", [1, 3])
def test_the_forecast_is_steps_times_the_time_of_one(monkeypatch, replicas):
    machine = compile_cost.Machine(call=1e-5, bandwidth=1e30, flops=1e30)  # calls alone cost
    monkeypatch.setattr(compile_cost, "load_calibration", lambda: machine)
    monkeypatch.setattr(compile_cost, "quickest", lambda step, times: 0.5)
    words = ("train.steps=100", f"replicas={replicas}", "train.compile=false", "arch.width=8")
    config = compose("experiment=paper/paired_grid_gan", *words, "name=x").config
    vmapped = compile_cost.VMAPPED if replicas > 1 else 1.0
    assert reproduction.forecast(config) == pytest.approx(100 * 0.5 * vmapped)


def test_without_data_there_is_no_forecast(monkeypatch):
    def refuse(config):
        raise UserError("MNIST is not there")

    monkeypatch.setattr(reproduction, "forecast", refuse)
    found = reproduction.outlook("metz_quarter_gan")
    assert found["seconds"] is None and found["why"] == "MNIST is not there"
    assert found["steps"] == 500_000 and found["source"].startswith("Metz et al. 2017")
