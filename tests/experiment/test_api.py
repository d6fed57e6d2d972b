"""Training, loading and measuring from Python, by the words of the command line."""

import logging
import shlex
import signal
import sys
import traceback
from pathlib import Path

import pytest
import torch
from hydra.core.global_hydra import GlobalHydra

import mcgan
from mcgan.cli.main import main
from mcgan.engine.trainer import Trainer
from mcgan.errors import UserError
from mcgan.experiment import steps
from mcgan.experiment.loop import Loop
from mcgan.run.directory import RunDirectory
from mcgan.run.states import RunState
from mcgan.system.device import flushes_denormal

SMALL = (
    "arch.latent=4",
    "arch.width=8",
    "train.batch_size=8",
    "eval.samples=50",
    "train.threads=1",
    "train.compile=false",
)


@pytest.fixture(autouse=True)
def place(home: Path) -> Path:
    """Every test has a working directory of its own."""
    return home


def train(*words: str, **options) -> mcgan.TrainedRun:
    return mcgan.train(*words, *SMALL, **{"steps": 6, "progress": False, **options})


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_run_is_that_of_the_command_line():
    made = train("reg=[r1,ema]", replicas=2, seed=3, folder="runs/python")
    assert made.state == "done" and made.step == 6 and made.seeds == [3, 4]
    words = shlex.split(made.result["command"])
    assert words[:2] == ["mcgan", "train"] and main([*words[1:], "name=typed"]) == 0
    typed = mcgan.load("typed")
    assert typed.result["metrics"] == made.result["metrics"]
    assert torch.equal(typed.sample(20, replica=1), made.sample(20, replica=1))
    differing = {key for key in made.config if made.config[key] != typed.config[key]}
    assert differing == {"name"}


def test_the_folder_may_have_any_parent(place):
    folder = place / "it's {a} b=c" / "first"
    assert train(folder=folder).folder == folder
    assert (folder / "result.json").is_file() and mcgan.load(folder).state == "done"


def test_without_a_folder_every_run_has_a_name_of_its_own():
    first, second = train("seed=1"), train("seed=1")
    assert first.folder != second.folder
    for run in (first, second):
        assert run.folder.parent == Path("runs").absolute() and "seed-1" in run.folder.name


def test_the_process_is_as_it_was(capsys):
    log, root = logging.getLogger("mcgan"), logging.getLogger()
    torch.set_num_threads(2)
    torch.set_float32_matmul_precision("high")
    torch.backends.cudnn.allow_tf32, tf32 = False, torch.backends.cudnn.allow_tf32
    argv, path = sys.argv[:], sys.path[:]
    before = log.handlers[:], log.level, root.handlers[:], root.level
    try:
        train("train.precision=tf32", folder="runs/first")
        assert torch.get_num_threads() == 2
        assert torch.get_float32_matmul_precision() == "high"
        assert torch.backends.cudnn.allow_tf32 is False
        assert not flushes_denormal()
    finally:
        torch.set_num_threads(1)
        torch.set_float32_matmul_precision("highest")
        torch.backends.cudnn.allow_tf32 = tf32
    assert (log.handlers, log.level, root.handlers, root.level) == before
    assert sys.argv == argv and sys.path[: len(path)] == path
    assert not GlobalHydra.instance().is_initialized()
    assert capsys.readouterr() == ("", "")


def test_it_shows_how_far_it_is(capsys):
    train(progress=True)
    out, err = capsys.readouterr()
    assert "step 6 of 6" in err and "mcgan dashboard" not in out


def test_the_log_lies_with_the_run():
    run = train(folder="runs/first")
    assert "[mcgan.experiment.fit][INFO] - not compiled" in (run.folder / "train.log").read_text()


@pytest.mark.parametrize(("words", "options", "message"), [
    (["-m", "seed=1,2"], {}, "mcgan train -m"),
    (["--help"], {}, r"'--help' is a flag of the command line: in Python .* help\(mcgan.train\)"),
    (["seed=1,2"], {}, "is a sweep: type `mcgan train -m ...`"),
    (["hydra/launcher=cores"], {}, "leave it out in Python"),
    (["dataset=rink"], {}, "no dataset named 'rink'; did you mean 'ring'"),
    (["dataset.mods=3"], {}, "no setting 'dataset.mods'"),
    (["train.steps=5"], {}, "is given as a keyword argument as well"),
    (["name=a"], {"folder": "runs/b"}, "the folder says it as well"),
    (["reg=["], {}, "cannot read 'reg=\\['"),
    ([8], {}, "settings are words such as"),
    ([], {"steps": 0}, "train.steps must be at least 1"),
    ([], {"replicas": "many"}, "replicas must be a whole number"),
    ([], {"folder": "runs/a b"}, "is no folder name"),
    (["reg=pac", "reg.pac.m=3"], {}, "batch"),
])  # fmt: skip
def test_a_mistake_is_one_sentence_and_leaves_nothing(place, words, options, message):
    with pytest.raises(UserError, match=message) as caught:
        train(*words, **options)
    assert "\n" not in str(caught.value)
    assert not list(place.rglob("*"))
    assert not GlobalHydra.instance().is_initialized()


@pytest.mark.parametrize("call", [
    lambda: mcgan.train("dataset=rng"),
    lambda: mcgan.train("reg=["),
    lambda: mcgan.compose("dataset=rng"),
    lambda: mcgan.build_dataset("ring", modes="many"),
    lambda: mcgan.evaluate([["a"]], "ring"),
    lambda: mcgan.game(generator=None, trunk=None, features=1, latent=1, data=None, reg="r7"),
])  # fmt: skip
def test_a_mistake_shows_no_traceback_of_libraries(call):
    with pytest.raises(UserError) as caught:
        call()
    shown = "".join(traceback.format_exception(caught.value))
    assert "The above exception" not in shown and "During handling" not in shown
    assert "/hydra/" not in shown and "/omegaconf/" not in shown


def test_an_empty_folder_of_the_callers_stays(place):
    folder = place / "mine"
    folder.mkdir()
    with pytest.raises(UserError, match="batch"):
        train("reg=pac", "reg.pac.m=3", folder=folder)
    assert folder.is_dir() and not any(folder.iterdir())


def test_a_folder_in_use_is_left_alone():
    run = train(folder="runs/first")
    before = files(run.folder)
    with pytest.raises(UserError, match="is already done"):
        train(folder="runs/first")
    with pytest.raises(UserError, match=r"other settings \(seed: 0, now 1\)"):
        train(folder="runs/first", seed=1)
    assert files(run.folder) == before


def test_a_folder_with_other_files_is_left_alone(place):
    (place / "note").mkdir()
    (place / "note" / "text").write_text("mine")
    with pytest.raises(UserError, match="holds other files"):
        train(folder="note")
    assert files(place) == {"note/text": b"mine"}


def test_a_place_that_cannot_be_a_folder_is_a_sentence(place):
    (place / "note").write_text("mine")
    with pytest.raises(UserError, match="note cannot be the folder of a run: a file lies there"):
        train(folder="note")
    with pytest.raises(UserError, match=r"note/deep/run cannot be the folder of a run: .*; choose"):
        train(folder="note/deep/run")
    with pytest.raises(UserError, match="is too long for a folder: use names of at most 200"):
        train(folder="new/" + "long" * 100 + "/run")
    assert files(place) == {"note": b"mine"} and not (place / "new").exists()


def test_interrupted_it_is_saved_and_the_same_call_goes_on(monkeypatch):
    whole, once = train(folder="runs/whole"), steps.step
    handler = signal.getsignal(signal.SIGINT)

    def interrupt(loop: Loop, trainer: Trainer, signals: list[int]) -> RunState:
        if trainer.count == 2:
            signal.raise_signal(signal.SIGINT)
        return once(loop, trainer, signals)

    with monkeypatch.context() as patch:
        patch.setattr(steps, "step", interrupt)
        with pytest.raises(KeyboardInterrupt, match="saved: the same call goes on"):
            train(folder="runs/first")
    assert signal.getsignal(signal.SIGINT) is handler
    half = mcgan.load("first")
    assert (half.state, half.step) == ("interrupted", 3) and half.sample(5).shape == (5, 2)
    with pytest.raises(UserError, match="has no result: it is interrupted at step 3; go on"):
        _ = half.result
    assert "interrupted at step 3 of 6" in repr(half)
    assert train(folder="runs/first").result["metrics"] == whole.result["metrics"]


def test_a_bug_is_raised_and_noted_with_the_run(monkeypatch):
    def fail(*what: object) -> str:
        raise RuntimeError("broken")

    monkeypatch.setattr(steps, "step", fail)
    with pytest.raises(RuntimeError, match="broken"):
        train(folder="runs/first")
    status = RunDirectory("runs/first").status()
    assert status["state"] == "failed" and status["error"] == "RuntimeError: broken"
    assert "in fail" in Path("runs/first/train.log").read_text()


def test_within_a_hydra_application_its_state_stays():
    from hydra import initialize_config_dir

    from mcgan.config.paths import conf_dir

    with initialize_config_dir(str(conf_dir()), version_base=None):
        mcgan.build_dataset("ring")
        assert GlobalHydra.instance().is_initialized()
        assert "ring" in GlobalHydra.instance().config_loader().get_group_options("dataset")


def test_a_dataset_is_that_of_the_command_line():
    ring = mcgan.build_dataset("ring", "dataset.radius=3", modes=5)
    assert (ring.num_modes, ring.radius) == (5, 3.0)
    with pytest.raises(UserError, match=r"no setting dataset\.mods; did you mean 'dataset\.modes'"):
        mcgan.build_dataset("ring", mods=5)
    with pytest.raises(UserError, match="is no setting of a dataset"):
        mcgan.build_dataset("ring", "seed=4")
    with pytest.raises(UserError, match="no dataset named 'rink'"):
        mcgan.build_dataset("rink")


def test_a_run_that_is_not_there_is_a_sentence():
    train(folder="runs/first")
    with pytest.raises(UserError, match="no run 'frist'; did you mean 'first'"):
        mcgan.load("frist")
    with pytest.raises(UserError, match="by its folder or its name under runs/, not by 3"):
        mcgan.load(3)
    with pytest.raises(UserError, match="it holds the runs first"):
        mcgan.load("runs")


def test_a_run_stays_in_reach_when_the_working_directory_changes(place, monkeypatch):
    run = train(folder="runs/first")
    (place / "elsewhere").mkdir()
    monkeypatch.chdir("elsewhere")
    assert run.state == "done" and run.sample(5).shape == (5, 2)


def test_a_run_that_diverged_is_returned_as_well():
    words = ("optim.lr=1e30", "objective=wgan", "objective.catch_up=0")
    run = train(*words, steps=20, folder="runs/first")
    assert run.state == "diverged" and "diverged at step" in repr(run)
    assert [each["kind"] for each in run.verdict] == ["diverged"]
