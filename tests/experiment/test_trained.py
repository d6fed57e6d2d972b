"""A trained run in Python: what it says, its course, its figures, and measuring it again."""

import json
import math
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from matplotlib.figure import Figure

import mcgan
from mcgan.errors import UserError
from mcgan.experiment import verbs
from mcgan.experiment.course import course

WORDS = ("reg=[r1,ema]", "arch.latent=4", "arch.width=8", "train.batch_size=8", "eval.samples=60",
         "eval.every=10", "train.log_every=5", "train.threads=1")  # fmt: skip


@pytest.fixture(scope="module")
def run(folder: Path) -> mcgan.TrainedRun:
    """Two replicas on the ring, 20 steps, evaluated twice."""
    return mcgan.train(*WORDS, steps=20, replicas=2, seed=7, folder=folder / "run", progress=False)


def test_it_knows_what_it_is(run):
    again = mcgan.load(run.folder)
    assert (again.folder, again.state, again.step, again.seeds) == (run.folder, "done", 20, [7, 8])
    assert again.config["train"]["steps"] == 20 and list(again.config["reg"]) == ["r1", "ema"]
    assert again.result == json.loads((run.folder / "result.json").read_text())
    assert [each["seed"] for each in again.verdict] == [7, 8]
    assert all(each["kind"] for each in again.verdict)


def test_its_words_name_state_data_and_scores(run):
    told = repr(run)
    assert f"run      {run.folder}, done at step 20 of 20\n" in told
    assert "\ntrained  Ring, NonSaturating, reg r1 + ema, 2 replicas from seed 7\n" in told
    assert "\nscores   modes covered " in told and "\nverdict  " in told
    assert len(told.splitlines()) == 4


def test_its_page_is_a_table_without_markup_of_others(folder):
    run = mcgan.train(*WORDS, steps=1, folder=folder / "<b>" / "run", progress=False)
    page = run._repr_html_()
    assert page.startswith("<table>") and "&lt;b&gt;/run" in page and "<b>" not in page


def test_the_course_has_a_row_of_each_replica_at_each_step(run, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)  # as if it were not installed
    course = run.metrics()
    assert course["step"].tolist() == [10, 10, 20, 20]
    assert course["seed"].tolist() == [7, 8, 7, 8]
    assert course["kl"][2:].tolist() == run.result["metrics"]["kl"]["values"]
    assert np.isnan(course["width_ratio"]).tolist() == [
        value is None for row in rows(run, "eval") for value in row["width_ratio"]]
    trained = run.metrics("train")
    assert len(trained["step"]) == 8 and {"loss/D", "loss/G", "term/D_r1"} <= trained.keys()
    assert trained["time/step_ms"][0] == trained["time/step_ms"][1] > 0
    assert run.metrics("health").keys() > {"step", "seed"}
    with pytest.raises(UserError, match="no metrics of kind 'evl'; did you mean 'eval'"):
        run.metrics("evl")


def rows(run: mcgan.TrainedRun, kind: str) -> list[dict]:
    lines = (run.folder / "metrics.jsonl").read_text().splitlines()
    return [row for row in map(json.loads, lines) if row["kind"] == kind]


def test_the_course_is_a_data_frame_where_pandas_is(run, monkeypatch):
    pandas = ModuleType("pandas")
    pandas.DataFrame = lambda columns: ("frame", columns)
    monkeypatch.setitem(sys.modules, "pandas", pandas)
    kind, columns = run.metrics()
    assert kind == "frame" and columns["step"].tolist() == [10, 10, 20, 20]


def test_the_course_in_the_real_pandas(run):
    pandas = pytest.importorskip("pandas")
    for kind in ("eval", "train", "health"):
        frame, columns = run.metrics(kind), course(run.folder / "metrics.jsonl", kind, run.seeds)
        assert isinstance(frame, pandas.DataFrame) and [*frame] == [*columns]
        for name, column in columns.items():
            assert frame[name].dtype == column.dtype
            np.testing.assert_array_equal(frame[name].to_numpy(), column)
    frame = run.metrics()
    assert frame.groupby("seed")["modes_covered"].count().to_dict() == {7: 2, 8: 2}
    last = frame[frame["step"] == 20].set_index("seed")["kl"]
    assert last.to_dict() == dict(zip([7, 8], run.result["metrics"]["kl"]["values"], strict=True))


def test_its_figures_are_those_of_the_run(run):
    names = {path.name.partition("-")[0] for path in (run.folder / "figures").iterdir()}
    drawn = {name: run.figure(name) for name in names}
    assert names == {"samples", "modes", "timeline", "critic"}
    assert all(isinstance(figure, Figure) for figure in drawn.values())
    saved = (run.folder / "figures" / "samples-00000020.png").read_bytes()
    assert run.figure("samples")._repr_png_() == saved
    with pytest.raises(UserError, match=r"no figure 'mode'; did you mean 'modes'\?$"):
        run.figure("mode")


def test_measured_again_it_scores_the_same(run):
    scores = mcgan.load(run.folder).evaluate()
    for key, measured in run.result["metrics"].items():
        assert scores.each[key] == pytest.approx(measured["values"], nan_ok=True)
        assert scores[key] == pytest.approx(measured["mean"], nan_ok=True)
        assert scores.perfect[key] == measured["perfect"] and scores.real[key] == measured["real"]
    assert scores.counts.shape == (2, 8) and scores.samples == 60
    assert not (run.folder / "evaluations").exists()


def test_saved_it_is_what_the_command_line_writes(run):
    scores = run.evaluate("pacgan", samples=80, save=True)
    file = run.folder / "evaluations" / "pacgan-80.json"
    python = json.loads(file.read_text())
    typed = verbs.evaluate(run.folder, ["protocol=pacgan", "eval.samples=80"])
    assert python.pop("command") == f"mcgan evaluate {run.folder} protocol=pacgan eval.samples=80"
    typed.pop("command")
    assert python == typed and python["metrics"]["kl"]["values"] == scores.each["kl"]
    with pytest.raises(UserError, match="no protocol named 'pacgn'; did you mean 'pacgan'"):
        run.evaluate("pacgn")


def test_a_protocol_may_be_an_object(run):
    own = mcgan.Protocol(name="mine", samples=70, log_base=2.0)
    scores = run.evaluate(own)
    assert (scores.protocol, scores.samples) == (own, 70)
    assert run.evaluate(own, samples=60).samples == 60
    natural = run.evaluate(mcgan.Protocol(samples=70))
    assert scores["kl"] == pytest.approx(natural["kl"] / math.log(2))
    run.evaluate(own, save=True)
    saved = json.loads((run.folder / "evaluations" / "mine-70.json").read_text())
    assert saved["command"].endswith(" protocol=mine")
    assert saved["protocol"]["log_base"] == 2.0 and saved["protocol"]["name"] == "mine"


def test_its_dataset_is_in_reach(run):
    assert mcgan.evaluate(run.dataset.sample(500), run.dataset)["modes_covered"] == 8


@pytest.mark.parametrize("n", [0, -1, 2.5, True])
def test_no_samples_are_a_sentence(run, n):
    with pytest.raises(UserError, match="n must be a whole number of at least 1, not"):
        run.sample(n)


def test_without_a_checkpoint_it_still_says_what_it_is(run, tmp_path):
    import shutil

    bare = shutil.copytree(run.folder, tmp_path / "bare")
    shutil.rmtree(bare / "checkpoints")
    loaded = mcgan.load(bare)
    assert loaded.verdict == run.verdict and "done at step 20" in repr(loaded)
    with pytest.raises(UserError, match="there is no checkpoint"):
        loaded.sample(5)
