"""The real server over HTTP, on three runs: charts, one HParams row each, pictures."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from mcgan.experiment.recorder import Recorder
from mcgan.metrics.measures import MEASURES
from mcgan.run.directory import RunDirectory
from mcgan.view.figures.style import new_figure
from mcgan.view.tensorboard.board import HEALTH, layout
from served import ask, fetched, rows, until


def train(folder: Path, reg: dict[str, Any], state: str, resume: int | None = None) -> None:
    run = RunDirectory(folder)
    with run.lock():
        if resume is None:
            run.start({"seed": 1, "reg": reg, "train": {"steps": 20}}, steps=20)
        recorder = Recorder(run, resume_step=resume)
        for step in range((resume or 0) + 10, 30, 10):
            recorder.train(step, {"loss/d": [0.5, 1.5], "grad_norm/d": [1.0, 1.0]})
            recorder.evaluation(step, {"modes_covered": [4, step / 5]},
                                {"perfect": {"modes_covered": 8.0}})  # fmt: skip
            recorder.figure(step, "samples", new_figure(1.0, 1.0))
        recorder.finish(state)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    from tensorboard import program

    folder = tmp_path_factory.mktemp("runs")
    train(folder / "a+b", {"clip": {"c": 0.01}}, "done")
    train(folder / "two", {"replay": {"size": 100}}, "failed")
    train(folder / "two", {}, "done", resume=10)
    train(folder / "three", {}, "diverged")
    board = program.TensorBoard()
    board.configure(argv=[None, "--logdir", str(folder), "--host", "127.0.0.1", "--port", "0",
                          "--load_fast", "false", "--reload_interval", "0"])  # fmt: skip
    address = board.launch().rstrip("/")
    until(lambda: len(ask(address, "/data/runs")) == 3)
    return address


def test_a_run_is_a_run(url: str) -> None:
    assert sorted(ask(url, "/data/runs")) == ["a+b", "three", "two"]


def shown(category: dict[str, Any]) -> list[str]:
    """Titles in the order of TensorBoard's page: bands after the others, the last one first."""
    charts = category["chart"]
    bands = [chart["title"] for chart in charts if "margin" in chart]
    return [*(chart["title"] for chart in charts if "multiline" in chart), *reversed(bands)]


def test_pages_read_from_coverage_to_the_perfect_sampler(url: str) -> None:
    served = ask(url, "/data/plugin/custom_scalars/layout")["category"]
    heads = [category["title"].partition(":")[0] for category in served]
    assert heads == ["Coverage", "Quality", "The game", "Health", "Beside a perfect sampler"]
    pages = dict(zip(heads, map(shown, served), strict=True))
    assert pages["Coverage"] == [
        "modes covered (count)", "modes as published (count)", "strict modes (count)",
        "effective modes (count, exp of entropy)", "missing mass (share of the data)"]  # fmt: skip
    assert [title.partition(" (")[0] for title in pages["The game"]] == [
        "losses of D and G", "scores of data and of fakes by D", "gradient norms of D and G",
        "slope of D at data, at fakes", "accuracy of D: data score above fakes",
        "gradient reaching G"]  # fmt: skip
    assert pages["Health"] == list(HEALTH.values())
    assert pages["Beside a perfect sampler"] == pages["Coverage"] + pages["Quality"]
    assert all(len(titles) == len({*titles}) for titles in pages.values())  # three runs, one layout


def test_measures_that_only_other_data_have_get_no_chart() -> None:
    for images, other in ((True, "vectors"), (False, "images")):
        titles = [title for page in layout(images, features=True).values() for title in page]
        assert all((m.title in titles) == (m.of != other) for m in MEASURES.values())


def test_measures_in_features_have_charts_where_they_are_asked_for() -> None:
    asked = {*layout(True, features=True)} - {*layout(True)}
    assert [page.partition(":")[0] for page in asked] == ["Features"]
    unasked = [title for page in layout(True).values() for title in page]
    assert not [title for title in unasked if "features" in title or "FID" in title]


def test_a_band_is_a_mean_and_its_interval(url: str) -> None:
    served = ask(url, "/data/plugin/custom_scalars/layout")["category"]
    (band,) = [c for c in served[0]["chart"] if c["title"] == "modes covered (count)"]
    ends = band["margin"]["series"][0]
    assert ends == {"value": "coverage/modes_covered", "lower": "interval/modes_covered_lower",
                    "upper": "interval/modes_covered_upper"}  # fmt: skip
    for tag in ends.values():
        path = f"/data/plugin/scalars/scalars?run={quote('a+b')}&tag={quote(tag)}"
        assert [step for _, step, _ in ask(url, path)] == [10, 20]


def test_a_regular_expression_catches_its_own_tag_alone(url: str) -> None:
    charts = ask(url, "/data/plugin/custom_scalars/layout")["category"][4]["chart"]
    (chart,) = [chart for chart in charts if chart["title"] == "modes covered (count)"]
    tags = "coverage/modes_covered", "perfect/modes_covered"
    for pattern, tag in zip(chart["multiline"]["tag"], tags,
                            strict=True):  # fmt: skip
        path = f"/data/plugin/custom_scalars/scalars?run=two&tag={quote(pattern)}"
        assert list(ask(url, path)["tag_to_events"]) == [tag]


def test_hparams_have_one_row_a_run_and_the_columns_of_all(url: str) -> None:
    columns = ask(url, "/data/plugin/hparams/experiment", experimentName="")
    names = {info["name"] for info in columns["hparamInfos"]}
    assert {"reg", "seed", "train.steps", "reg.clip.c", "reg.replay.size"} <= names
    assert "coverage/modes_covered" in {info["name"]["tag"] for info in columns["metricInfos"]}
    groups = rows(url)
    sessions = {s["name"]: s for group in groups for s in group["sessions"]}
    assert sorted(sessions) == ["a+b", "three", "two"] and len(groups) == 3
    # the run that failed, was resumed and ended well shows its last state
    assert {name: s["status"] for name, s in sessions.items()} == {
        "a+b": "STATUS_SUCCESS", "two": "STATUS_SUCCESS", "three": "STATUS_FAILURE"}  # fmt: skip
    (row,) = [group for group in groups if group["sessions"][0]["name"] == "two"]
    assert row["hparams"]["reg"] == "replay" and row["hparams"]["train.steps"] == "20"
    values = {m["name"]["tag"]: m["value"] for m in row["metricValues"]}
    assert values["coverage/modes_covered"] == 4.0  # of step 20


def test_pictures_and_the_config(url: str) -> None:
    images = ask(url, "/data/plugin/images/images?run=two&tag=samples&sample=0")
    assert [image["step"] for image in images] == [10, 20]
    assert fetched(url, images[0]).startswith(b"\x89PNG\r\n\x1a\n")
    assert "config" in ask(url, "/data/plugin/text/tags")["two"]
