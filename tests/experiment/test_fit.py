"""What can be done with a run that has ended: load, sample, measure again."""

import os
from pathlib import Path

import numpy as np
import pytest
import torch

import mcgan
from mcgan.engine.draws import stream
from mcgan.errors import UserError
from mcgan.experiment import fit, verbs
from mcgan.experiment.components import Components
from mcgan.gan.sampling import plain_sampler, sampler
from mcgan.run.directory import RunDirectory
from small import composed

REG = {
    "ema": {"_target_": "mcgan.reg.ema.EMA", "half_life": 0.1},
    "minibatch": {"_target_": "mcgan.reg.minibatch.Minibatch"},
}


@pytest.fixture(scope="module")
def run(pictures: None, tmp_path_factory: pytest.TempPathFactory) -> RunDirectory:
    """Two replicas of a small game on the ring, trained for 20 steps."""
    config = composed("wgan_gp") | {"replicas": 2, "seed": 7}
    folder = tmp_path_factory.mktemp("runs") / "run"
    config = config | {"reg": config["reg"] | REG}
    assert fit.fit(config, folder).state == "done"
    return RunDirectory(folder)


def test_a_run_says_how_it_was_made(run):
    result = run.result()
    assert result["seeds"] == [7, 8] and result["step"] == 20 and result["state"] == "done"
    assert result["evaluation"] == {"samples": 50} and result["diverged"] == []
    assert any("cross terms" in note for note in result["notes"])
    for measured in result["metrics"].values():
        assert len(measured["values"]) == 2
    assert run.status()["compiled"] is False
    meanings = result["meanings"]
    assert {"reg=ema", "reg=minibatch", "reg=gradient_penalty"} <= meanings.keys()
    assert all(meaning["version"] == 1 for meaning in meanings.values())
    assert list(run.config()["reg"]) == ["gradient_penalty", "ema", "minibatch"]
    assert {path.stem.split("-")[0] for path in run.figures.iterdir()} >= {"samples", "modes"}


def test_a_loaded_run_draws_the_same_samples_in_data_units(run):
    x, again = (mcgan.load(run.folder).sample(100, replica=1, seed=3) for _ in range(2))
    assert x.shape == (100, 2) and torch.equal(x, again)
    trained = mcgan.load(run.folder)
    assert not torch.equal(x, trained.sample(100, replica=0, seed=3))
    assert trained.dataset.scale != 1
    draw = sampler(trained.trainer.game)
    in_net_units = draw(trained.trainer.replicas.replica(1), 100, stream(3, "sample", 1)).x
    torch.testing.assert_close(x, in_net_units * trained.dataset.scale)


def test_a_loaded_run_draws_from_the_averaged_weights(run):
    trained = mcgan.load(run.folder)
    shown = trained._drawing.draw(100, 0, stream(0, "look"), "cpu")
    tensors = trained.trainer.replicas.replica(0)
    live = plain_sampler(trained.trainer.game)(tensors, 100, stream(0, "look")).x
    assert (shown - live).abs().max() > 1e-6


def test_measured_again_with_the_same_settings_it_is_the_same(run):
    content = verbs.evaluate(run.folder, [])
    for key, measured in run.result()["metrics"].items():
        assert content["metrics"][key]["values"] == pytest.approx(measured["values"], nan_ok=True)
    assert (run.folder / "evaluations" / "default-50.json").is_file()


def test_measured_again_with_more_samples_the_run_is_as_it_was(run, capsys):
    before = run.result()
    content = verbs.evaluate(run.folder, ["eval.samples=80"])
    told = capsys.readouterr().out
    assert told.startswith("measured by protocol default, 80 samples, at step 20 · 2 replicas")
    assert f"saved   {run.folder}/evaluations/default-80.json" in told and "picture" not in told
    assert content["evaluation"] == {"samples": 80}
    assert run.result() == before and run.config()["eval"]["samples"] == 50


def test_samples_as_an_array_and_as_a_picture(run, tmp_path: Path):
    verbs.sample(run.folder, n=30, replica=1, seed=3, out=tmp_path / "x.npy")
    expected = mcgan.load(run.folder).sample(30, replica=1, seed=3)
    np.testing.assert_array_equal(np.load(tmp_path / "x.npy"), expected.numpy())
    verbs.sample(run.folder, n=30, replica=1, seed=3, out=tmp_path / "x.png")
    assert (tmp_path / "x.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("name", ["x.npy", "x.png"])
def test_samples_that_cannot_be_written_are_a_sentence(run, tmp_path: Path, name):
    (tmp_path / name).mkdir()  # the plainest of disks that refuse
    with pytest.raises(UserError, match=f"cannot write .*{name}"):
        verbs.sample(run.folder, n=5, replica=0, seed=0, out=tmp_path / name)
    assert os.listdir(tmp_path) == [name]


def test_what_cannot_be_done_is_said(run):
    with pytest.raises(UserError, match="has no replica 2: choose"):
        mcgan.load(run.folder).sample(1, replica=2)
    with pytest.raises(UserError, match="has done its 20 steps"):
        fit.resume(run.folder, [])
    with pytest.raises(UserError, match="seed cannot be changed here"):
        fit.resume(run.folder, ["seed=1", "train.steps=40"])
    with pytest.raises(UserError, match="is not a run"):
        mcgan.load(run.folder.parent)


def test_compiling_is_forecast_in_the_process_that_the_run_will_have(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(
        Components,
        "compiles",
        lambda self: seen.append(torch.get_num_threads()) or (False, "as told"),
    )
    before = torch.get_num_threads()
    torch.set_num_threads(before + 1)
    config = composed("non_saturating")
    config = config | {"train": config["train"] | {"threads": before, "steps": 2}}
    fit.fit(config, tmp_path / "run")
    assert seen == [before]
