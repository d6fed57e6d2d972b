"""A run on a folder of images: found again from elsewhere, and not continued on other images."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from mcgan.cli.main import main
from mcgan.run.directory import RunDirectory

SMALL = ["dataset.size=16", "dataset.channels=1", "dataset.steps=10",
         "arch.width=2", "arch.critic_width=2",
         "arch.latent=4", "train.batch_size=8", "train.steps=1", "train.threads=1",
         "eval.samples=50", "eval.every=0"]  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(home / "cache"))
        patch.chdir(home)
        for name, shade in {"light": 200, "dark": 30}.items():
            paint(home / "data" / name, shade)
        yield home


def paint(folder: Path, shade: int, count: int = 20) -> None:
    folder.mkdir(parents=True)
    for number in range(count):
        Image.new("L", (8, 8), shade + number).save(folder / f"{number}.png")


@pytest.fixture(scope="module")
def run(home: Path) -> RunDirectory:
    """A run that was started with a relative root."""
    assert main(["train", "dataset=folder", "dataset.root=data", *SMALL, "name=a"]) == 0
    return RunDirectory(home / "runs" / "a")


def refused(capsys: pytest.CaptureFixture[str], run: RunDirectory, *words: str) -> str:
    """The one line by which resuming ends; nothing in the run has changed."""
    before = {
        path: path.stat().st_mtime_ns
        for path in run.folder.rglob("*")
        if path.name not in ("train.log", ".lock")
    }
    capsys.readouterr()
    assert main(["resume", str(run.folder), *words]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert all(path.stat().st_mtime_ns == time for path, time in before.items() if path.is_file())
    return line


def test_a_run_goes_on_with_its_own_data_alone(home, run, monkeypatch, capsys, caplog):
    assert run.config()["dataset"]["root"] == str(home / "data")
    assert [*run.status()["data"]] == ["dark", "light"]
    (home / "elsewhere").mkdir()
    monkeypatch.chdir(home / "elsewhere")
    picture = home / "data" / "light" / "3.png"
    Image.new("L", (8, 8), 90).save(picture)
    line = refused(capsys, run, "train.steps=2")
    assert "(light has other examples)" in line and line.endswith("data=changed`")
    Image.new("L", (8, 8), 90).save(picture.with_name("99.png"))
    assert "light has 21 examples and had 20" in refused(capsys, run, "train.steps=2")
    assert "means nothing" in refused(capsys, run, "train.steps=2", "data=new")

    words = ["train.steps=2", "dataset.root=../data", "data=changed"]
    assert main(["resume", str(run.folder), *words]) == 0
    assert run.status()["data"]["light"][0] == 21
    assert run.config()["dataset"]["root"] == str(home / "data")
    assert "have changed since the run began (light has 21 examples and had 20)" in caplog.text

    paint(home / "data" / "new", 90)
    for words in (["train.steps=3"], ["train.steps=3", "data=changed"]):
        line = refused(capsys, run, *words)
        assert "(new is new): other classes are other modes" in line
