"""Where a run's turns are captured as CUDA graphs, and where that is refused with a sentence."""

import pytest

from mcgan.errors import UserError
from mcgan.experiment import capturing
from mcgan.experiment.capturing import capture_if_asked, captures
from small import parts, trainer


def asked(**train):
    config = parts().config
    return config | {"train": config["train"] | {"device": "cuda", "capture": True, **train}}


@pytest.fixture
def gpu(monkeypatch):
    monkeypatch.setattr(capturing, "device_of", lambda wish: wish)


@pytest.mark.usefixtures("gpu")
@pytest.mark.parametrize(
    ("train", "sentence"),
    [
        ({"device": "cpu"}, "this run is on train.device=cpu: take train.capture=false, or a CUDA"),
        ({"device": "mps"}, "this run is on train.device=mps"),
        ({"devices": 2}, "train.devices=2 trains no captured run: take train.capture=false, or"),
    ],
)
def test_where_nothing_can_be_captured_it_is_said(train, sentence):
    with pytest.raises(UserError, match=sentence):
        captures(asked(**train))


@pytest.mark.usefixtures("gpu")
def test_who_does_not_ask_and_a_run_of_before_are_not_captured(monkeypatch):
    before = asked(device="cpu")
    del before["train"]["capture"]
    assert not captures(before) and not captures(asked(device="cpu", capture=False))
    assert captures(asked())
    taken = []
    monkeypatch.setattr(capturing, "capture", taken.append)
    one = trainer()
    capture_if_asked(one, before)
    assert taken == []
    capture_if_asked(one, asked())
    assert taken == [one]


def test_on_the_cpu_the_command_refuses_it(cli, home):
    small = ("train.steps=2", "train.device=cpu", "train.capture=true", "name=no")
    said = "train.capture=true makes CUDA graphs, and this run is on train.device=cpu: take "
    alone = cli("train", *small)
    assert alone.code == 2 and alone.err.startswith(f"mcgan train: {said}")
    assert not (home / "runs").exists()
    lanes = cli("train", "-m", "hydra/launcher=vectorized", "seed=0,1", *small)
    assert lanes.code == 2 and lanes.err.count(said) == 2
