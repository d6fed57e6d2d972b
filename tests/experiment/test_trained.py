"""A trained run in Python: what it says, its course, its figures, and measuring it again."""

import json
import math
import shutil
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

import mcgan
from mcgan.engine import engines
from mcgan.engine.engines import build_pure
from mcgan.errors import UserError
from mcgan.experiment import verbs
from mcgan.experiment.course import course
from mcgan.view.figures.style import png

WORDS = ("reg=[r1,ema]", "arch.latent=4", "arch.width=8", "train.batch_size=8", "eval.samples=60",
         "eval.every=10", "train.log_every=5", "train.threads=1")  # fmt: skip


@pytest.fixture(scope="module")
def run(pictures: None, folder: Path) -> mcgan.TrainedRun:
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
        value is None for row in rows(run, "eval") for value in row["width_ratio"]
    ]
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
    assert png(run.figure("samples"), scale=2) == saved
    with pytest.raises(UserError, match=r"no figure 'mode'; did you mean 'modes'\?$"):
        run.figure("mode")


def test_one_network_that_was_trained_as_a_stack_of_one_has_figures(folder, monkeypatch):
    with monkeypatch.context() as patch:  # compiled runs, and those of a GPU, have that form
        patch.setattr(engines, "build_in_place", lambda game, rules, _: build_pure([game], rules))
        made = mcgan.train(*WORDS, steps=2, seed=7, folder=folder / "alone", progress=False)
    again = mcgan.load(made.folder)
    assert again.trainer.replicas.replica(0)["G.net.0.0.weight"].shape == (8, 4)
    assert isinstance(again.figure("modes"), Figure)


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
    with pytest.raises(UserError, match=r"samples of an evaluation, .*: lower eval\.samples$"):
        run.evaluate(samples=10**13)


def test_in_features_it_is_measured_where_that_is_asked_for(run, folder):
    asked = mcgan.train(
        *WORDS,
        "eval.features=auto",
        steps=10,
        replicas=2,
        seed=7,
        progress=False,
        folder=folder / "features",
    )
    found = asked.result["metrics"]["coverage"]
    assert found["perfect"] == found["real"] > 0.5 and len(found["values"]) == 2
    assert asked.result["evaluation"] == {"samples": 60, "features": "auto"}
    assert [*asked.metrics()["coverage"]] == found["values"]
    assert asked.evaluate().each["coverage"] == found["values"]
    assert "coverage" not in run.evaluate()
    content = verbs.evaluate(run.folder, ["eval.features=auto"])  # of a run without
    assert content["metrics"]["sliced"]["real"] > 0


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


def test_samples_of_given_latents(run):
    z = np.random.default_rng(0).normal(size=(5, 4))
    x = run.sample(latents=z, replica=1)
    assert x.shape == (5, 2)
    assert torch.equal(x, run.sample(5, 1, latents=torch.tensor(z)))
    assert not torch.equal(x, run.sample(latents=z))
    with pytest.raises(UserError, match=r"latents of this run have the shape \(n, 4\), not \(5, "):
        run.sample(latents=x)


def test_paths_between_latents(run):
    z = torch.randn(3, 4)
    paths, ends = run.sample(latents=z, interpolate=5), run.sample(latents=z)
    assert paths.shape == (10, 2)
    torch.testing.assert_close(paths[[0, 5, 9]], ends)
    assert run.sample(interpolate=4).shape == (8 * 4, 2)
    assert run.sample().shape == (1000, 2)
    with pytest.raises(UserError, match="a path of 5 samples between 1 latents is none"):
        run.sample(1, interpolate=5)


def test_a_run_of_a_device_that_is_not_here(run, tmp_path, caplog, monkeypatch):
    """It loads, samples and is measured on the CPU; one sentence says so."""
    there = Path(shutil.copytree(run.folder, tmp_path / "there"))
    config = (there / "config.yaml").read_text()
    assert "device: auto" in config
    (there / "config.yaml").write_text(config.replace("device: auto", "device: cuda"))
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    loaded = mcgan.load(there)
    assert torch.equal(loaded.sample(20), run.sample(20, device="cpu"))
    assert loaded.evaluate().each == run.evaluate().each
    assert loaded.figure("samples")
    assert caplog.messages == [
        "the run was trained on cuda, and torch finds none here: the CPU does the work"
    ]
    assert verbs.TrainedRun(there, ["train.device=cpu"]).config["train"]["device"] == "cpu"
    verbs.sample(there, tmp_path / "x.npy", n=5, device="cpu")
    assert len(caplog.messages) == 1
    with pytest.raises(UserError, match=r"^--device cuda: .*; take --device auto$"):
        verbs.sample(there, tmp_path / "x.npy", n=5, device="cuda")
    with pytest.raises(UserError, match="device=cuda: torch finds none here; take device=auto"):
        loaded.sample(5, device="cuda")
    with pytest.raises(UserError, match="device='gpu' is no device: take cuda, mps, cpu or auto"):
        loaded.sample(5, device="gpu")


def test_its_dataset_is_in_reach(run):
    assert mcgan.evaluate(run.dataset.sample(500), run.dataset)["modes_covered"] == 8


@pytest.mark.parametrize("n", [0, -1, 2.5, True])
def test_no_samples_are_a_sentence(run, n):
    with pytest.raises(UserError, match="n must be a whole number of at least 1, not"):
        run.sample(n)


def test_without_a_checkpoint_it_still_says_what_it_is(run, tmp_path):
    bare = shutil.copytree(run.folder, tmp_path / "bare")
    shutil.rmtree(bare / "checkpoints")
    loaded = mcgan.load(bare)
    assert loaded.verdict == run.verdict and "done at step 20" in repr(loaded)
    with pytest.raises(UserError, match="there is no checkpoint"):
        loaded.sample(5)


@pytest.mark.parametrize("replica", [-1, 2])
def test_a_replica_that_is_not_there_is_refused(run, replica):
    with pytest.raises(UserError, match=f"the run has no replica {replica}: choose 0 to 1"):
        run.sample(5, replica=replica)


def test_a_device_may_be_torchs(run):
    assert torch.equal(run.sample(5, device=torch.device("cpu")), run.sample(5, device="cpu"))
