import os
from pathlib import Path

import pytest

from mcgan.errors import UserError
from mcgan.run.find import NAMED, folder_of, run_of


def make(folder: Path, time: int) -> Path:
    folder.mkdir(parents=True)
    for name in ("config.yaml", "status.json"):
        (folder / name).write_text("{}")
        os.utime(folder / name, (time, time))
    return folder


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("find", [run_of, folder_of])
def test_last_is_the_run_that_was_last_heard_of_also_one_of_a_sweep(find):
    make(Path("runs/old"), 1000)
    make(Path("runs/sweep/job"), 3000)
    make(Path("runs/newer"), 2000)
    Path("runs/other").mkdir()
    assert find("last") == Path("runs/sweep/job")
    make(Path("runs/last"), 10)
    assert find("last") == Path("runs/last")  # a run's own name comes first


@pytest.mark.parametrize("find", [run_of, folder_of])
def test_where_there_is_no_run_there_is_no_last_one(find):
    with pytest.raises(UserError, match="no run under"):
        find("last")


def test_what_hydra_keeps_is_no_run_of_a_folder():
    make(Path("runs/lost/.hydra"), 10)
    with pytest.raises(UserError, match=r"^runs/lost is not a run: it has no config\.yaml$"):
        run_of("runs/lost")


def test_a_sweep_by_its_name_is_told_by_its_runs():
    make(Path("runs/sweep/job"), 10)
    with pytest.raises(UserError, match=r"^runs/sweep is not a run: .*; it holds the runs job$"):
        run_of("sweep")
    for number in range(NAMED + 1):
        make(Path(f"runs/sweep/job{number}"), 10)
    with pytest.raises(UserError, match=r"holds the runs job, .*job3 and 2 more$"):
        run_of("sweep")
