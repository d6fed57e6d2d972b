"""Hydra composes once more to learn the mode only where words or files of the user's may set it."""

import pytest

from mcgan.config.loader import CheckedLoader
from mcgan.config.paths import conf_dir


@pytest.fixture
def composed(monkeypatch):
    """The words of each time that Hydra composes."""
    times, load = [], CheckedLoader.load_configuration

    def noted(self, *args, **named):
        times.append([*named["overrides"]])
        return load(self, *args, **named)

    monkeypatch.setattr(CheckedLoader, "load_configuration", noted)
    return times


def own(home, text):
    (home.parent / "options" / "conf" / "objective" / "plain_loss.yaml").write_text(text)


def test_a_plain_run_is_composed_once(cli, experiment, composed):
    assert cli("train", "objective=plain_loss", "reg=[wave]", "name=x").code == 0
    assert len(composed) == 1 and len(experiment.fitted) == 1


def test_a_file_of_the_users_may_ask_for_a_sweep(cli, home, experiment):
    own(
        home,
        "# @package _global_\n# Two seeds\nobjective: {name: plain_loss}\n"
        "hydra: {mode: MULTIRUN, sweeper: {params: {seed: '1,2'}}}\n",
    )
    assert cli("train", "objective=plain_loss", "name=x").code == 0
    assert [run.seed for run in experiment.fitted] == [1, 2]


def test_words_may_ask_for_a_sweep(cli, experiment):
    assert cli("train", "seed=3,4", "hydra.mode=MULTIRUN", "name=x").code == 0
    assert [run.seed for run in experiment.fitted] == [3, 4]


def test_a_folder_of_the_command_line_may_ask_for_a_sweep(cli, home, experiment):
    (home / "conf" / "objective").mkdir(parents=True)
    (home / "conf" / "objective" / "twice.yaml").write_text(
        "# @package _global_\n# Two seeds\nobjective: {name: twice}\n"
        "hydra: {mode: MULTIRUN, sweeper: {params: {seed: '5,6'}}}\n"
    )
    assert cli("train", "--config-dir", "conf", "objective=twice", "name=x").code == 0
    assert [run.seed for run in experiment.fitted] == [5, 6]


def test_none_of_our_own_files_sets_the_mode():
    files = [*conf_dir().rglob("*.yaml")]
    assert files and not [file for file in files if "MULTIRUN" in file.read_text(encoding="utf-8")]
