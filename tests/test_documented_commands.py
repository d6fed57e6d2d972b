"""Every command line of the documents is one that mcgan understands."""

import re

import pytest
from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra.core.override_parser.overrides_parser import OverridesParser

from documented import TRAIN, commands, typed_lines, words_of
from mcgan.cli.hydra_app import VALUED, flags_first
from mcgan.cli.main import COMMANDS
from mcgan.config.compose import compose, config_loader
from mcgan.config.option_file import option_file, own_node


def test_there_are_commands_to_check():
    assert len(TRAIN) > 10
    assert {words_of(line)[0] for line in commands()} >= COMMANDS.keys()


@pytest.mark.parametrize("line", commands())
def test_a_command_has_a_verb(line):
    verb = words_of(line)[0]
    assert verb in COMMANDS or verb in ("COMMAND", "-sc", "--help", "--version")


# These verbs only read, and their last word is a run, a file or a group: there is none here.
READING = (
    "resume",
    "evaluate",
    "sample",
    "compare",
    "cite",
    "export",
    "dashboard",
    "judge",
    "list",
)
READ = sorted({line for line in typed_lines() if line.partition("mcgan ")[2].startswith(READING)})


@pytest.mark.parametrize("line", READ)
def test_a_verb_understands_the_words_of_a_command(line, cli):
    words = words_of(line.partition("; do ")[2].partition(";")[0] or line.partition(" >")[0])
    ended = cli(*words)
    assert ended.code == 0 or " --help`" not in ended.err, ended.err
    assert not re.search(r"no setting|give the tracker|give one run", ended.err), ended.err


def jobs_of(line: str) -> list[list[str]]:
    """The words of each training that a command asks for, as Hydra reads them."""
    words = flags_first(words_of(line)[1:])
    while words and words[0].startswith("-"):
        words = words[2:] if words[0] in VALUED else words[1:]
    with config_loader() as loader:
        overrides = OverridesParser.create(config_loader=loader).parse_overrides(words)
    return [job for batch in BasicSweeper.split_arguments(overrides, None) for job in batch]


def test_the_words_of_train_commands_are_overrides():
    for line in TRAIN:
        assert jobs_of(line), line


@pytest.mark.long
@pytest.mark.parametrize("line", TRAIN)
def test_a_train_command_composes(line):
    jobs = jobs_of(line)
    for job in {tuple(job): job for job in (jobs[0], jobs[-1])}.values():
        if "fog" not in line:  # CONTRIBUTING's own, trained below
            assert chosen(job).items() <= targets(compose(*job).config).items()


def chosen(job: list[str]) -> dict[str, str]:
    """The classes that the words of a job choose, by group."""
    words = dict(word.split("=", 1) for word in job if "=" in word)
    return {
        group: own_node(option_file(group, words[group]).read_text(), group)["_target_"]
        for group in ("objective", "dataset", "arch", "optim", "protocol")
        if group in words
    }


def targets(config: dict) -> dict[str, str]:
    return {
        group: node["_target_"]
        for group, node in config.items()
        if isinstance(node, dict) and "_target_" in node
    }
