"""The classifier of pictures goes with the run: without it, or the data, what is still possible."""

import json
import logging
import shutil
from pathlib import Path

import pytest
import torch
from PIL import Image

import mcgan
from mcgan.dataset import trained_classifier
from mcgan.experiment import verbs

WORDS = (
    "dataset=folder",
    "dataset.size=8",
    "dataset.steps=12",
    "arch=dcgan",
    "arch.latent=4",
    "arch.width=2",
    "arch.critic_width=2",
    "train.batch_size=4",
    "eval.samples=20",
    "eval.every=0",
    "train.threads=1",
    "train.device=cpu",
)


@pytest.fixture(scope="module")
def trained(folder: Path) -> mcgan.TrainedRun:
    """A run of two steps on two classes of tiny pictures; its cache lies in folder/cache."""
    for name, colour in (("blue", (20, 30, 220)), ("red", (220, 30, 20))):
        (folder / "data" / name).mkdir(parents=True)
        for i in range(20):
            shade = tuple(part + i for part in colour)
            Image.new("RGB", (8, 8), shade).save(folder / "data" / name / f"{i}.png")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        return mcgan.train(
            *WORDS,
            f"dataset.root={folder / 'data'}",
            steps=2,
            folder=folder / "run",
            progress=False,
        )


@pytest.fixture
def run(trained, tmp_path, monkeypatch) -> Path:
    """A copy of the run, and an empty cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return Path(shutil.copytree(trained.folder, tmp_path / "run"))


def cached(folder: Path) -> list[Path]:
    return [*folder.glob("cache/mcgan/classifiers/*.pt")]


def sha256(run: Path) -> str:
    return json.loads((run / "result.json").read_text())["dataset"]["classifier_sha256"]


def change_classifier(path: Path) -> str:
    """Writes the same classifier with another accuracy to it; its sha256."""
    content = torch.load(path, weights_only=True) | {"accuracy": 0.5}
    trained_classifier.write(path, content)
    return trained_classifier.load(path).sha256


def test_it_is_a_file_of_the_run(trained, folder):
    [path] = cached(folder)
    assert (trained.folder / "classifier.pt").read_bytes() == path.read_bytes()
    assert trained_classifier.load(path).sha256 == sha256(trained.folder)


def test_sampling_needs_neither_data_nor_classifier(trained, run, folder, tmp_path, monkeypatch):
    (run / "classifier.pt").unlink()
    (folder / "data").rename(folder / "away")
    try:
        x = mcgan.load(run).sample(6)
        verbs.sample(run, tmp_path / "all.png", n=6)
    finally:
        (folder / "away").rename(folder / "data")
    assert torch.equal(x, trained.sample(6)) and x.shape == (6, 3, 8, 8)
    assert not cached(tmp_path) and (tmp_path / "all.png").is_file()


def test_measuring_again_uses_it_and_trains_none(trained, run, tmp_path, caplog):
    caplog.set_level(logging.INFO)
    loaded = mcgan.load(run)
    assert loaded.evaluate(save=True).each["kl"] == trained.result["metrics"]["kl"]["values"]
    assert loaded.dataset.facts()["classifier_sha256"] == sha256(run)
    assert not cached(tmp_path) and "classifier" not in caplog.text


def test_another_one_in_the_cache_is_noted_and_not_used(run, folder, tmp_path, caplog):
    shutil.copytree(folder / "cache", tmp_path / "cache")
    other = change_classifier(*cached(tmp_path))
    mcgan.load(run).evaluate(save=True)
    [note] = caplog.messages
    kept = f"modes are named by the classifier that the run has kept ({sha256(run)[:8]}, "
    assert note.startswith(kept) and other[:8] in note
    [file] = (run / "evaluations").iterdir()
    saved = json.loads(file.read_text())
    assert saved["notes"] == [note] and saved["dataset"]["classifier_sha256"] == sha256(run)


def test_without_it_the_cache_is_asked_and_a_difference_is_told(run, folder, tmp_path, caplog):
    shutil.copytree(folder / "cache", tmp_path / "cache")
    other = change_classifier(*cached(tmp_path))
    (run / "classifier.pt").write_bytes(b"damaged")
    assert mcgan.load(run).dataset.facts()["classifier_sha256"] == other
    damaged, note = (each for each in caplog.messages if "always naming" not in each)
    assert "classifier.pt is damaged" in damaged
    assert note == (
        f"modes are named by another classifier ({other[:8]}) than in the run's own "
        f"result ({sha256(run)[:8]}): the two are not comparable"
    )


def test_training_one_says_so_and_how_far_it_is(run, monkeypatch, caplog):
    (run / "classifier.pt").unlink()
    monkeypatch.setattr("mcgan.dataset.classifier.TOLD", 0.0)
    caplog.set_level(logging.INFO)
    mcgan.load(run).evaluate()
    first, *course = [text for text in caplog.messages if "classifier" in text]
    assert first == "training a classifier of the 40 images, which will name modes; it is kept"
    assert len(course) == 11 and course[5].startswith("classifier: step 6 of 12, about ")


def test_a_run_that_goes_on_keeps_its_own(run, folder, tmp_path, cli):
    shutil.copytree(folder / "cache", tmp_path / "cache")
    change_classifier(*cached(tmp_path))
    before = (run / "classifier.pt").read_bytes()
    assert cli("resume", str(run), "train.steps=3").code == 0
    assert (run / "classifier.pt").read_bytes() == before
    assert sha256(run) == trained_classifier.load(run / "classifier.pt").sha256
    (run / "classifier.pt").unlink()  # as a run of before
    assert cli("resume", str(run), "train.steps=4").code == 0
    assert (run / "classifier.pt").is_file()


def test_pictures_are_written_one_by_one(run, tmp_path, cli):
    assert cli("sample", str(run), "--n", "3", "--out", f"{tmp_path}/x/").code == 0
    assert sorted(path.name for path in (tmp_path / "x").iterdir()) == [
        "000.png",
        "001.png",
        "002.png",
    ]
    ended = cli("sample", str(run), "--n", "3", "--out", f"{tmp_path}/x.csv")
    assert ended.code == 2 and "a .csv is for vectors, and these are pictures" in ended.err
