"""Only classes of a list are imported, wherever a configuration names one; Hydra's part too."""

import sys
from pathlib import Path

import pytest

from mcgan.config.build import build
from mcgan.config.compose import compose
from mcgan.config.targets import check_hydra
from mcgan.errors import UserError
from mcgan.gan.strategy import Strategy

MINE = """
from dataclasses import dataclass
from pathlib import Path
from mcgan import Strategy

Path("reached").touch()

@dataclass(eq=False, repr=False)
class Own(Strategy):
    pass
"""


@pytest.fixture
def planted(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that can be imported from and is none of the user's; its module leaves a trace."""
    folder = home.parent / "elsewhere"
    folder.mkdir()
    (folder / "planted.py").write_text(MINE)
    monkeypatch.syspath_prepend(folder)
    yield home
    sys.modules.pop("planted", None)


def test_a_class_from_elsewhere_is_not_even_imported(planted, monkeypatch):
    node = {"_target_": "planted.Own"}
    with pytest.raises(UserError, match=r"^reg\.x\._target_: cannot import 'planted.Own'.*MCGAN"):
        build(node, Strategy, "reg.x")
    assert not (planted / "reached").exists()
    monkeypatch.setenv("MCGAN_TARGETS", "other,planted")
    assert type(build(node, Strategy, "reg.x")).__name__ == "Own"
    assert (planted / "reached").exists()


@pytest.mark.parametrize("place", ["options", "work"])
def test_modules_beside_the_users_yamls_and_here_are_found(home, place, monkeypatch):
    (home.parent / place / "planted.py").write_text(MINE)
    monkeypatch.syspath_prepend(home.parent / place)
    assert type(build({"_target_": "planted.Own"}, Strategy, "reg.x")).__name__ == "Own"
    del sys.modules["planted"]


EVIL = "planted.Own"
SHOW = ["--cfg", "job"]
HYDRA = [
    f"+hydra.callbacks.x={{_target_: {EVIL}}}",
    f"hydra.launcher._target_={EVIL}",
    f"hydra.sweeper._target_={EVIL}",
    f"hydra.job_logging.handlers.console.class={EVIL}",
    f"+hydra.job_logging.formatters.x={{class: {EVIL}}}",
    "+hydra.job_logging.formatters.x={class: logging.FileHandler}",
    f"hydra.hydra_logging.handlers.console.class={EVIL}",
    f"hydra.hydra_logging.handlers.console.stream=ext://{EVIL}",
    f"hydra.job_logging.handlers.file.filename=ext://{EVIL}",
    "hydra.job_logging.handlers.console.class=${oc.env:WHICH}",
    "hydra.job_logging.handlers.file.filename=${oc.env:WHICH}",
    "+hydra.job.env_set={CXX: /tmp/x}",
    "hydra.searchpath=[pkg://planted]",
]


@pytest.mark.parametrize("word", HYDRA)
@pytest.mark.parametrize(
    "flags", [[], *(pytest.param(flags, marks=pytest.mark.long) for flags in (["-m"], SHOW))]
)
def test_hydras_own_settings_run_no_code(planted, cli, experiment, word, flags, monkeypatch):
    monkeypatch.setenv("WHICH", EVIL)
    ended = cli("train", *flags, "objective=plain_loss", word.replace("/tmp", str(planted)))
    assert ended.code == 2 and "is not allowed" in ended.err, ended
    assert ended.err.count("\n") == 1 and not experiment.fitted
    assert not (planted / "reached").exists()


@pytest.mark.parametrize("flags", [["-m"], SHOW])
def test_nor_do_they_in_a_sweep_or_where_they_are_shown(planted, cli, flags):
    """One word of each path through Hydra; the others are long."""
    ended = cli("train", *flags, "objective=plain_loss", HYDRA[1])
    assert ended.code == 2 and "is not allowed" in ended.err and not (planted / "reached").exists()


def test_nor_do_those_of_a_groups_yaml(planted, cli, experiment):
    file = planted.parent / "options/conf/objective/evil.yaml"
    file.write_text(
        "# @package _global_\nobjective: {name: evil}\nhydra:\n  callbacks:\n"
        f"    x: {{_target_: {EVIL}}}\n"
    )
    for flags in ([], ["-m"]):
        assert (
            "hydra.callbacks.x._target_: 'planted.Own'"
            in cli("train", *flags, "objective=evil").err
        )
    with pytest.raises(UserError, match=r"hydra\.callbacks\.x\._target_: 'planted\.Own'"):
        compose("objective=evil")
    assert "is not allowed" in cli("train", "-m", "objective=plain_loss,evil").err
    assert not (planted / "reached").exists()


def test_a_listed_package_may_watch_a_run(monkeypatch):
    settings = {"callbacks": {"x": {"_target_": "wanted.Watch"}}}
    with pytest.raises(UserError):
        check_hydra(settings)
    monkeypatch.setenv("MCGAN_TARGETS", "wanted")
    check_hydra(settings)


@pytest.mark.parametrize("kind", ["handlers", "filters", "formatters"])
def test_a_factory_of_logging_is_refused(kind):
    """A word cannot write the key (), but a YAML can."""
    with pytest.raises(UserError, match=rf"^hydra\.job_logging\.{kind}\.x\.\(\): 'planted.Own'"):
        check_hydra({"job_logging": {kind: {"x": {"()": EVIL}}}})


def test_a_search_may_name_samplers_and_no_functions():
    check_hydra({"sweeper": {"sampler": {"_target_": "optuna.samplers.TPESampler"}}})
    for key, text in (
        ("_target_", "optuna.samplers._base.os.system"),
        ("_target_", "optuna.samplers.TPESampler.hyperopt_parameters"),
        ("custom_search_space", "planted.own"),
    ):
        with pytest.raises(UserError, match="is not allowed, as it would run code"):
            check_hydra({"sweeper": {key: text}})
