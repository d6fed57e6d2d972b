"""`mcgan dashboard` on a sweep that ended and a run that goes on: what its pages ask for."""

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest
from PIL import Image
from tensorboard.plugins.hparams.metadata import EXPERIMENT_TAG

from mcgan.cli.main import main
from mcgan.experiment.recorder import Recorder
from mcgan.run.directory import RunDirectory
from mcgan.run.states import RunState
from mcgan.view.tensorboard.hparams import settings_of
from served import ask, fetched, rows, server, until

TABLE = "ring · protocol default · 200 samples"
SWEEP = ("reg=none,replay", "name=sweep", "dataset.std=0.5", "train.steps=6", "replicas=2",
         "train.batch_size=16", "train.threads=1", "train.log_every=3", "arch.width=8",
         "eval.samples=200", "eval.every=3")  # fmt: skip


class Served(NamedTuple):
    url: str
    folder: Path
    none: str  # names of the two runs
    replay: str


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "mcgan", *words]


def goes_on(folder: Path) -> Recorder:
    run = RunDirectory(folder)
    run.folder.mkdir()
    run.start({"seed": 5, "train": {"steps": 20}}, steps=20)
    recorder = Recorder(run)
    recorder.evaluation(10, {"modes_covered": [4, 6]}, {"perfect": {"modes_covered": 8.0}})
    return recorder


@pytest.fixture(scope="module")
def served(pictures: None, folder: Path) -> Iterator[Served]:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert main(["train", "-m", *SWEEP]) == 0
    sweep = folder / "runs/sweep"
    names = sorted((path.parent.name for path in sweep.glob("*/status.json")),
                   key=lambda name: "reg-replay" in name)  # fmt: skip
    recorder = goes_on(sweep / "going")
    with server(command("dashboard", "sweep", "--port", "0"), folder) as (_, said):
        url = said.partition("/#custom_scalars")[0]
        until(lambda: loaded(url))
        yield Served(url, sweep, *names)
    recorder.close(RunState.INTERRUPTED)


def loaded(url: str) -> bool:
    """Whether all four are read, the sweep's own among them."""
    scalars = ask(url, "/data/plugin/scalars/tags").values()
    return len(ask(url, "/data/plugin/images/tags")) == 3 and [
        "perfect/modes_covered" in tags for tags in scalars] == 3 * [True]  # fmt: skip


def stored(served: Served, run: str) -> dict[str, Any]:
    return json.loads((served.folder / run / "result.json").read_text())["metrics"]


def test_the_runs_and_the_comparison_by_its_name(served: Served) -> None:
    assert sorted(ask(served.url, "/data/runs")) == sorted(
        ["comparison", "going", served.none, served.replay])  # fmt: skip


def test_every_chart_of_the_layout_has_its_data(served: Served) -> None:
    pages = ask(served.url, "/data/plugin/custom_scalars/layout")["category"]
    assert [page["title"].partition(":")[0] for page in pages] == [
        "Coverage", "Quality", "The game", "Health", "Beside a perfect sampler"]  # fmt: skip
    charts = [chart for page in pages for chart in page["chart"]]
    tags = {tag for chart in charts for one in chart.get("margin", {}).get("series", [])
            for tag in one.values()}  # fmt: skip
    patterns = [each for chart in charts for each in chart.get("multiline", {}).get("tag", [])]
    scalars = ask(served.url, "/data/plugin/scalars/tags")
    for run in (served.none, served.replay):
        assert len(tags) == 3 * 22 and tags <= scalars[run].keys()
        for each in patterns:
            path = f"/data/plugin/custom_scalars/scalars?run={run}&tag={quote(each)}"
            assert ask(served.url, path)["tag_to_events"], each


def test_curves_are_whole(served: Served) -> None:
    for tag, steps in (
        ("loss/D", [3, 6]),
        ("coverage/modes_covered", [3, 6]),
        ("health/spread", [3, 6]),
    ):
        path = f"/data/plugin/scalars/scalars?run={served.replay}&tag={quote(tag)}"
        assert [step for _, step, _ in ask(served.url, path)] == steps


def test_hparams_have_the_columns_of_all_runs(served: Served) -> None:
    columns = ask(served.url, "/data/plugin/hparams/experiment", experimentName="")
    runs = [RunDirectory(served.folder / run) for run in (served.none, served.replay, "going")]
    every = {name for run in runs for name in settings_of(run.config(), {})}
    assert {info["name"] for info in columns["hparamInfos"]} == every
    assert "reg.replay.size" in every
    scalars = ask(served.url, "/data/plugin/scalars/tags").values()
    measured = {info["name"]["tag"] for info in columns["metricInfos"]}
    assert measured == {tag for tags in scalars for tag in tags}


def test_hparams_have_one_row_a_run_with_its_last_values(served: Served) -> None:
    found = {session["name"]: (row, session) for row in rows(served.url)
             for session in row["sessions"]}  # fmt: skip
    assert found.keys() == {served.none, served.replay, "going"}
    for run, reg in ((served.none, "none"), (served.replay, "replay")):
        row, session = found[run]
        values = {each["name"]["tag"]: each["value"] for each in row["metricValues"]}
        assert session["status"] == "STATUS_SUCCESS" and row["hparams"]["reg"] == reg
        assert values.keys() == ask(served.url, "/data/plugin/scalars/tags")[run].keys()
        for key, tag in (("modes_covered", "coverage/modes_covered"), ("kl", "quality/kl")):
            assert values[tag] == pytest.approx(stored(served, run)[key]["mean"])


def test_a_run_that_goes_on_has_its_row_already(served: Served) -> None:
    """Metrics are the scalars that there are: no record of the experiment names them."""
    assert not any(EXPERIMENT_TAG.encode() in path.read_bytes()
                   for path in served.folder.rglob("events*"))  # fmt: skip
    (row,) = [each for each in rows(served.url) if each["sessions"][0]["name"] == "going"]
    assert row["sessions"][0]["status"] == "STATUS_UNKNOWN"  # it has not ended
    values = {m["name"]["tag"]: m["value"] for m in row["metricValues"]}
    assert values["coverage/modes_covered"] == 5.0


def picture(served: Served, run: str, tag: str) -> bytes:
    """The last one of a tag."""
    path = f"/data/plugin/images/images?run={run}&tag={quote(tag, safe='')}&sample=0"
    return fetched(served.url, ask(served.url, path)[-1])


def test_pictures(served: Served) -> None:
    tags = ask(served.url, "/data/plugin/images/tags")
    assert tags.keys() == {"comparison", served.none, served.replay}
    for run in (served.none, served.replay):
        assert {"samples", "modes"} <= tags[run].keys()
        file = served.folder / run / "figures" / "samples-00000006.png"
        assert picture(served, run, "samples") == file.read_bytes()
    own = {f"comparison/{name}/{TABLE}" for name in ("quality", "coverage")}
    assert tags["comparison"].keys() == own
    for tag in own:
        assert min(Image.open(io.BytesIO(picture(served, "comparison", tag))).size) > 400


def test_texts(served: Served) -> None:
    tags = ask(served.url, "/data/plugin/text/tags")
    assert tags["comparison"] == ["comparison"]
    for run in (served.none, served.replay):
        assert sorted(tags[run]) == ["config", "verdict"]
    (comparison,) = ask(served.url, "/data/plugin/text/text?run=comparison&tag=comparison")
    assert "<table>" in comparison["text"] and "<td>reg=replay</td>" in comparison["text"]
