"""What a folder allows, and what makes a run the same as one that is there."""

from pathlib import Path

import pytest

from mcgan.errors import Refused, UserError
from mcgan.run.directory import RunDirectory
from mcgan.run.existing import Plan, decide, is_free, read_settings

CONFIG = {"seed": 3, "resume": True, "dataset": {"modes": 8}}
LEFT = {  # by a kill at each moment of a launch
    "nothing": [],
    "the lock": [".lock"],
    "an empty .hydra": [".lock", ".hydra/"],
    "half a file": [".lock", ".hydra/.config.yaml.123-abcd.tmp"],
    "the settings": [".lock", ".hydra/config.yaml"],
    "what was typed": [".lock", ".hydra/config.yaml", ".hydra/overrides.yaml"],
    "a log": [".lock", ".hydra/config.yaml", ".hydra/overrides.yaml", "train.log"],
    "all but the status": [
        ".lock",
        ".hydra/config.yaml",
        ".hydra/overrides.yaml",
        "train.log",
        "config.yaml",
        ".status.json.123-abcd.tmp",
    ],
}
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


def test_a_mistake_before_the_first_checkpoint_leaves_the_name_free(tmp_path: Path) -> None:
    """Such as more memory than there is: the next try may have other settings."""
    lay(tmp_path, [".hydra/config.yaml"])
    status = tmp_path / "status.json"
    status.write_text('{"state": "failed", "mistake": true}')
    assert decide(tmp_path, CONFIG, sweeping=False) is Plan.START
    status.write_text('{"state": "failed", "mistake": false}')
    with pytest.raises(Refused, match="with other settings"):
        decide(tmp_path, CONFIG, sweeping=False)
    status.write_text('{"state": "failed", "mistake": true}')
    lay(tmp_path, ["checkpoints/step-00000001.pt"])
    with pytest.raises(Refused, match="with other settings"):
        decide(tmp_path, CONFIG, sweeping=False)


@pytest.mark.parametrize("text", ["[", "5", "- a", "a: ${b", "\0", "dataset: 5\n1: 2\n"])
def test_stored_settings_that_are_damaged_are_one_sentence(tmp_path: Path, text: str) -> None:
    lay(tmp_path, [".hydra/config.yaml"])
    (tmp_path / ".hydra" / "config.yaml").write_text(text)
    (tmp_path / "status.json").write_text('{"state": "running"}')
    with pytest.raises(Refused, match=r"cannot be read|with other settings"):
        decide(tmp_path, CONFIG, sweeping=False)


def test_a_digit_that_a_disk_changed_is_no_setting_of_the_run(tmp_path: Path) -> None:
    """What `mcgan resume` may change is written to two files, and may be so in one alone."""
    run = RunDirectory(tmp_path)
    run.start({**CONFIG, "name": "a", "train": {"steps": 10, "rate": 1e-05}}, steps=10)
    file = tmp_path / "config.yaml"
    whole = file.read_text()
    file.write_text(whole.replace("steps: 10", "steps: 20").replace("name: a", "name: b"))
    assert read_settings(run)["train"]["steps"] == 20
    file.write_text(whole.replace("modes: 8", "modes: 9"))
    with pytest.raises(UserError, match=r"status\.json says \(dataset\.modes: 8, now 9\), one of"):
        read_settings(run)
    (tmp_path / "status.json").unlink()
    assert read_settings(run)["dataset"]["modes"] == 9


def test_a_folder_within_a_run_is_refused(tmp_path):
    lay(tmp_path / "run", [".hydra/config.yaml", "status.json"])
    with pytest.raises(Refused, match=r"a/b would lie within the run .*run: use another name"):
        decide(tmp_path / "run" / "a" / "b", CONFIG, sweeping=False)
    assert decide(tmp_path / "other" / "a", CONFIG, sweeping=False) is Plan.START
