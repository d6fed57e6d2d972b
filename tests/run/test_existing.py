"""What a folder allows, and what makes a run the same as one that is there."""

from pathlib import Path

import pytest

from mcgan.config.compose import compose
from mcgan.errors import Refused
from mcgan.run.existing import Plan, decide, difference, identity, is_free

CONFIG = {"seed": 3, "resume": True, "dataset": {"modes": 8}}
LEFT = {  # by a kill at each moment of a launch
    "nothing": [],
    "the lock": [".lock"],
    "an empty .hydra": [".lock", ".hydra/"],
    "half a file": [".lock", ".hydra/.config.yaml.123-abcd.tmp"],
    "the settings": [".lock", ".hydra/config.yaml"],
    "what was typed": [".lock", ".hydra/config.yaml", ".hydra/overrides.yaml"],
    "a log": [".lock", ".hydra/config.yaml", ".hydra/overrides.yaml", "train.log"],
    "all but the status": [".lock", ".hydra/config.yaml", ".hydra/overrides.yaml", "train.log",
                           "config.yaml", ".status.json.123-abcd.tmp"],
}
FOLDER = {"dataset": {"size": 32, "split": "train", "background": "white", "white": None}}
FOREIGN = [["thesis.txt"], ["config.yaml"], [".hydra/config.yaml", "model.ckpt"],
           [".hydra/hydra.yaml"], ["sub/"], ["train.log"]]  # fmt: skip


def lay(folder: Path, names: list[str]) -> None:
    for name in names:
        path = folder / name
        (path if name.endswith("/") else path.parent).mkdir(parents=True, exist_ok=True)
        if not name.endswith("/"):
            path.write_text("seed: 5\n")


@pytest.mark.parametrize("names", LEFT.values(), ids=LEFT)
def test_a_launch_killed_before_its_run_leaves_the_name_free(tmp_path: Path, names) -> None:
    lay(tmp_path, names)
    assert is_free(tmp_path) and decide(tmp_path, CONFIG, sweeping=True) is Plan.START


@pytest.mark.parametrize("names", FOREIGN, ids=str)
def test_files_of_somebody_else_are_no_leftovers(tmp_path: Path, names) -> None:
    lay(tmp_path, names)
    with pytest.raises(Refused):
        decide(tmp_path, CONFIG, sweeping=False)


@pytest.mark.parametrize("text", ["[", "5", "- a", "a: ${b", "\0", "dataset: 5\n1: 2\n"])
def test_stored_settings_that_are_damaged_are_one_sentence(tmp_path: Path, text: str) -> None:
    lay(tmp_path, [".hydra/config.yaml"])
    (tmp_path / ".hydra" / "config.yaml").write_text(text)
    (tmp_path / "status.json").write_text('{"state": "running"}')
    with pytest.raises(Refused, match=r"cannot be read|with other settings"):
        decide(tmp_path, CONFIG, sweeping=False)


@pytest.mark.parametrize(("group", "key", "other"), [
    ("arch", "norm", "batch"), ("arch", "critic_activation", "maxout"),
    ("arch", "critic_octaves", 3), ("objective", "generator_steps", 2),
    ("eval", "features", "auto"), ("dataset", "background", "black"),
    ("dataset", "split", "test"), ("dataset", "white", 255),
])  # fmt: skip
def test_a_run_of_before_a_setting_is_the_same_run(group, key, other):
    config = FOLDER if group == "dataset" else compose("name=x").config
    before = config | {group: {k: v for k, v in config[group].items() if k != key}}
    assert difference(identity(before), identity(config)) == ""
    changed = config | {group: config[group] | {key: other}}
    assert key in difference(identity(before), identity(changed))
