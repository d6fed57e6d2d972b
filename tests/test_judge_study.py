"""The study of the judgement: known defects, rows that are taken up, tables and a picture."""

import importlib
import json
import sys
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).resolve().parents[1]
SHARED = ("judge_study", "judge_others", "other_generators", "tables")


@pytest.fixture
def script(monkeypatch):
    """A module of the scripts by its name."""
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    yield importlib.import_module
    for name in [name for name in sys.modules if name.split(".")[0] in SHARED]:
        del sys.modules[name]


@pytest.fixture
def blobs(script):
    """400 pictures of 28 x 28 in two classes, and 400 points of two modes."""
    pools = script("judge_study.pools")
    generator = torch.Generator().manual_seed(0)
    y = torch.arange(400) % 2
    x = torch.rand(400, 28, 28, generator=generator) * 0.5 + 0.5 * y[:, None, None]
    return pools.Pool(x, y), pools.Pool(x[:, 0, :2] + 9 * y[:, None], y)


def test_what_is_reported_was_not_tuned_on(script):
    cases, defects = script("judge_study.cases"), script("judge_study.defects")
    assert not {*defects.TUNING} & {*defects.REPORTED}
    seeds = range(cases.FIRST, cases.FIRST + 2)
    reported = [case for part in cases.PARTS.values() for case in part(seeds)]
    tuned = [*cases.tuning(range(2))]
    assert len({case[:5] for case in reported}) == len(reported)
    assert not {case.data for case in reported} & {case.data for case in tuned}
    assert min(case.seed for case in reported) > max(case.seed for case in tuned)


def test_defects_are_what_they_are_called(script, blobs):
    defects, generator = script("judge_study.defects"), torch.Generator().manual_seed(0)
    there = blobs[0]
    mean = there.x[there.y == 0].mean()
    assert defects.without(1)(there, 100, generator).y.max() == 0
    assert len(defects.of_classes(1)(there, 100, generator).y.unique()) == 1
    assert len(defects.repeated(7)(there, 100, generator).x.unique(dim=0)) <= 7
    assert 0 < defects.rare(1, 0.2)(there, 200, generator).y.double().mean() < 0.3
    narrow = defects.narrowed(0.1)(there, 100, generator)
    assert narrow.x[narrow.y == 0].std() < 0.2 * there.x[there.y == 0].std()
    assert narrow.x[narrow.y == 0].mean().item() == pytest.approx(mean.item(), abs=0.02)
    assert defects.blurred(2.0)(there, 50, generator).x.std() < there.x.std()
    specks = defects.specked(0.5)(there, 50, generator).x
    assert ((specks == 0) | (specks == 1)).double().mean().item() == pytest.approx(0.5, abs=0.05)


def test_rows_are_judged_once_and_others_stay(script, blobs, monkeypatch, tmp_path):
    rows, cases = script("judge_study.rows"), script("judge_study.cases")
    defects = script("judge_study.defects")
    monkeypatch.setattr(rows, "pool", lambda name: blobs[1])
    monkeypatch.setattr(rows, "DRAWS", 2)
    path = tmp_path / "judge.json"
    path.write_text('{"others": [{"name": "x"}]}')
    lost = defects.Defect(True, defects.without(1))
    asked = [cases.Case("plane", "ring", "class 1 gone", 100, 7, lost)]
    [row] = rows.judge_all(path, asked)
    assert row["truly"] and row["collapsed"] and row["right"] == 1 and row["missing"] > 0.2
    monkeypatch.setattr(rows, "judge", None)  # a second judgement would fail
    assert rows.judge_all(path, asked) == [row]
    assert json.loads(path.read_text()) == {"others": [{"name": "x"}], "study": [row]}


def row(**values):
    return {
        "part": "told",
        "data": "fashion",
        "defect": "x gone",
        "n": 1000,
        "seed": 0,
        "truly": True,
        "kind": "missing",
        "collapsed": True,
        "missing": 0.1,
        "right": 0.9,
        "seen": [],
        "z": {"mmd": 9.0, "coverage": -9.0},
    } | values


def test_targets_count_the_rows_that_they_are_about(script):
    page = script("judge_study.page")
    calm = {"truly": False, "kind": "different", "collapsed": False, "right": None}
    found = [
        row(),
        row(seed=1, kind="different", collapsed=False),
        row(**calm, defect="noise 0.3"),
        row(**calm | {"collapsed": True}, defect="blur 2"),
        row(part="one class", seed=2, right=0.5),
        row(**calm | {"kind": "healthy"}, part="alarms", defect="real samples"),
        row(**calm | {"kind": "healthy"}, part="curves", defect="real samples"),  # the same again
    ]
    measured = {
        target.asked.rpartition(": ")[2]: page.measured(target, found)[2:]
        for target in reversed(page.TARGETS)  # of those of one class the first is Fashion-MNIST's
    }
    assert measured["precision"][0] == measured["recall"][0] == "0.500"
    assert measured["not called collapse"] == ["0.500", "0.095 to 0.905", "2"]
    assert measured["seen"][0] and measured["false alarms"][0] == "0.000"
    assert measured["called collapsed"][2] == "1"
    assert measured["named, ≥ 80 % of the named samples are of it"][0] == "0.000"
    assert "| fashion: x gone | 1,000 | yes | 3 | 2 missing, 1 different |" in page.kinds(found)


def test_the_picture_has_a_panel_for_each_number(script):
    figure, cases = script("judge_study.figure"), script("judge_study.cases")
    found = [row(part="curves", defect=case.name, n=case.n) for case in cases.curves(range(1))]
    assert figure.panel(found, 3000).shape == (2, 8) and figure.panel(found, 300)[1, 3] == -9
    assert figure.draw(found).startswith(b"\x89PNG")


def test_the_tables_of_the_page_are_those_of_the_stored_rows(script):
    rows, page, others = map(script, ("judge_study.rows", "judge_study.page", "judge_others"))
    text = (ROOT / "docs" / "RESULTS.md").read_text(encoding="utf-8")
    found = rows.load(ROOT / "docs" / "judge.json")
    for table in (
        page.targets(found["study"]),
        page.kinds(found["study"]),
        others.table(found["others"]),
    ):
        assert table in text


def test_the_true_state_is_told_by_classes_and_spread(script):
    true_state = script("judge_others").true_state
    real = torch.randn(400, 2, generator=torch.Generator().manual_seed(0))
    known = torch.arange(400) % 4
    assert true_state(real, real, known, known) == {
        "lost": [],
        "classes": 4,
        "width": 1.0,
        "truly": False,
    }
    assert true_state(real, real, known, known.clamp(max=2))["lost"] == [3]
    assert true_state(0.2 * real, real, known, known)["truly"]


def test_a_lost_side_of_each_mode_is_counted_in_quarters(script):
    others, pools = script("judge_others"), script("judge_study.pools")
    there = pools.ring()
    centres = torch.stack([there.x[there.y == mode].mean(0) for mode in range(8)])
    outer = there.x[(there.x - centres[there.y]).mul(centres[there.y]).sum(1) > 0]
    known, seen = (others.by_quarter(there, x) for x in (there.x, outer))
    assert others.find_lost(known, known) == []
    assert others.find_lost(known, seen) == [
        4 * mode + side for mode in range(8) for side in (0, 1)
    ]


@pytest.mark.parametrize("name", ["plain DCGAN", "VAE"])
def test_a_generator_of_another_maker_is_trained_and_judged(script, blobs, monkeypatch, name):
    others = script("judge_others")
    monkeypatch.setattr(others, "pool", lambda data: blobs[0])
    pace = script("other_generators").Pace(2, batch=8, width=2)
    maker = {"plain DCGAN": others.dcgan, "VAE": others.vae}[name](pace)
    found = others.judge(name, maker, n=120)
    assert found["kind"] != "healthy" and found["classes"] == 2 and found["n"] == 120
    assert f"| {name} |" in others.table([found])


def test_particles_are_trained_where_their_package_is(script, blobs):
    pytest.importorskip("particlegan")
    pace = script("other_generators").Pace(2, batch=8)
    sample = script("other_generators").train_particles(lambda n: blobs[1].x[:n], pace, 0)
    assert sample(5).shape == (5, 2)
