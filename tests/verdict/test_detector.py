"""Whole short runs: the verdict in the log, in status.json, in result.json; and on resume."""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import torch

from mcgan.dataset.ring import Ring
from mcgan.engine.draws import stream
from mcgan.engine.replicas import flatten
from mcgan.experiment import fit as experiment
from mcgan.run.directory import RunDirectory
from mcgan.verdict.detector import Detector
from mcgan.verdict.history import SignalHistory
from small import composed

SHARED = ("diversity", "churn", "spread", "critic_fakes", "critic_old", "reach", "slope_real")
Fit = Callable[..., RunDirectory]


@pytest.fixture
def fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fit:
    """Trains a small game on the grid, without pictures."""
    monkeypatch.setattr("mcgan.experiment.evaluator.pictures", lambda *_, **__: {})

    def call(
        name: str, replicas: int = 2, seed: int = 0, **settings: dict[str, Any]
    ) -> RunDirectory:
        config = deepcopy(composed("non_saturating", ("dataset=grid",)))
        config |= {"replicas": replicas, "seed": seed}
        for group, changed in settings.items():
            config[group] |= changed
        experiment.fit(config, tmp_path / name)
        return RunDirectory(tmp_path / name)

    return call


def rows(run: RunDirectory) -> list[dict[str, Any]]:
    lines = map(json.loads, run.metrics.read_text().splitlines())
    return [row for row in lines if row["kind"] == "health"]


@pytest.mark.parametrize("by", ["modes", "neighbours", "features"])
def test_a_run_that_never_spread_is_called_collapsed(fit, caplog, capsys, by):
    caplog.set_level("INFO")
    run = fit("run", eval={"every": 4, "verdict": by})
    verdict = run.result()["verdict"]
    assert verdict["judged_by"] == by
    for seed, each in enumerate(verdict["replicas"]):
        assert each["seed"] == seed and each["collapsed"] and each["cause"]
        assert each["kind"] in ("collapsed", "rotating") and each["held"] < each["of"] == 25
    assert run.status()["verdict"]["text"] == verdict["text"]
    assert "most likely cause" in verdict["text"] and "; try " in verdict["text"]
    told = [record.message for record in caplog.records if "most likely cause" in record.message]
    assert told and not any("step 20" in line for line in told)  # the last is said once,
    assert "cause   most likely " in capsys.readouterr().out  # below the table


def test_every_signal_is_logged_for_every_replica(fit):
    run = fit("run", eval={"every": 5})
    found = rows(run)
    assert [row["step"] for row in found] == [5, 10, 15, 20]
    for row in found:
        for key in SHARED:
            assert len(row[f"health/{key}"]) == 2 and None not in row[f"health/{key}"]
    events = b"".join(path.read_bytes() for path in run.folder.glob("events.out.*"))
    for tag in (b"health/diversity", b"health/reach", b"verdict", b"most likely cause"):
        assert tag in events


def test_signals_of_known_modes_and_of_found_groups_differ_only_where_they_must(fit):
    known, found = (rows(fit(by, eval={"every": 5, "verdict": by})) for by in
                    ("modes", "neighbours"))  # fmt: skip
    for a, b in zip(known, found, strict=True):
        for key in ("spread", "critic_fakes", "reach", "width"):
            assert a[f"health/{key}"] == b[f"health/{key}"]
        assert a["health/diversity"] == pytest.approx(b["health/diversity"], abs=0.15)


def test_looking_for_signs_changes_no_weight(fit):
    plain, looked = fit("plain", eval={"every": 0}), fit("looked", eval={"every": 1})
    a, b = (flatten(run.load()[1]["trainer"]) for run in (plain, looked))
    assert all(torch.equal(a[name], b[name]) for name in a | b)


@pytest.mark.parametrize("by", ["modes", "neighbours"])
def test_samples_of_anybody_are_judged_without_a_trainer(by):
    data, n = Ring(), 500
    spread, single = data.draw(n, stream(1, "look")), data.draw(n * 8, stream(2, "look"))
    single = single[data.recognise(single).mode == 3][:n]
    samples = [spread, single, spread]
    counts = torch.stack([torch.bincount(data.recognise(x).mode, minlength=8) for x in samples])
    detector = Detector(data, seeds=[5, 6, 7], steps=100, by=by)
    for step in (30, 60, 90):
        signals = detector.add(step, samples, counts, dead={2})
        assert detector.has_collapsed(dead={0, 2}) == (step == 90)
    assert signals["health/diversity"][0] == pytest.approx(1, abs=0.1)
    assert signals["health/diversity"][1] == pytest.approx(1 / 8, abs=0.01)
    assert signals["health/spread"][2] is None
    verdicts = detector.verdicts(dead={2})
    assert [v.state.kind for v in verdicts] == ["healthy", "collapsed", "diverged"]
    assert [v.seed for v in verdicts] == [5, 6, 7] and verdicts[1].held == 1
    assert verdicts[1].cause is None  # nobody was asked what the critic makes of it
    news, again = (detector.news(dead={2}) for _ in range(2))
    assert news.step == 90 and news.fresh and not again.fresh
    assert news.text.startswith("1 healthy, 1 collapsed, 1 diverged")
    assert detector.news(dead={2}, last=True).fresh  # the end is always told
    assert [each["kind"] for each in detector.report({2})["replicas"]] == [
        "healthy",
        "collapsed",
        "diverged",
    ]


def test_resumed_it_remembers_what_it_has_seen(fit, monkeypatch):
    steady = {"optim": {"lr": 2e-4}}  # a rate that falls goes by the length of the run
    whole = fit("whole", eval={"every": 2}, **steady)
    part = fit("part", train={"steps": 10}, eval={"every": 2}, **steady)
    seen: list[int] = []
    restore = SignalHistory.restore
    monkeypatch.setattr(SignalHistory, "restore", lambda self, saved: (
        restore(self, saved), seen.append(len(self.rows)))[0])  # fmt: skip
    experiment.resume(part.folder, ["train.steps=20"])
    assert seen == [5]
    assert rows(part) == rows(whole)
    assert part.result()["verdict"] == whole.result()["verdict"]


def test_a_dead_replica_is_said_to_have_diverged(fit):
    run = fit("run", reg={"poison": {"_target_": "small.Poison"}}, replicas=4, seed=2)
    dead = [each["replica"] for each in run.result()["diverged"]]
    kinds = [each["kind"] for each in run.result()["verdict"]["replicas"]]
    assert 0 < len(dead) < 4
    assert dead == [i for i, kind in enumerate(kinds) if kind == "diverged"]
    assert all(rows(run)[-1]["health/spread"][i] is None for i in dead)
