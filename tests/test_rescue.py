"""The table of rescues: its runs, its arithmetic, and that it can be taken up."""

import json
import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from mcgan.config.compose import compose
from mcgan.verdict.causes import load_causes
from small import STRATEGIES, stems

ROOT = Path(__file__).resolve().parents[1]
SMALL = [
    "train.compile=false",
    "arch.width=4",
    "arch.depth=1",
    "arch.critic_depth=1",
    "train.batch_size=8",
    "protocol.samples=50",
    "eval.every=2",
]


@pytest.fixture
def rescue(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    yield import_module("rescue")
    for name in ("catalogue", "pool", "rescue", "rescue_rows", "tables"):
        sys.modules.pop(name, None)


@pytest.fixture
def rows(rescue):
    return rescue.rows


def asked(rescue, monkeypatch, *words):
    monkeypatch.setattr(sys, "argv", ["rescue", *words])
    return rescue.read_arguments()


def kept(covered, seeds=None, **scores):
    """What is kept of a run with these modes covered."""
    seeds = seeds or list(range(len(covered)))
    other = {key: [0.5] * len(covered) for key in ("quality", "kl", "spread", "rotation")}
    return {
        "steps": 5000,
        "seeds": seeds,
        "seconds": 60.0,
        "step_ms": 2.0,
        "whole": 8,
        "scores": {"covered": covered, **other, **scores},
        "verdicts": ["healthy"] * len(covered),
        "notes": [],
    }


def test_every_option_is_added_alone_once_on_each_base(rescue, monkeypatch):
    found = list(rescue.jobs("alone", asked(rescue, monkeypatch)))
    for base in rescue.BASES:
        mine = [(job.group, job.option) for job in found if job.base == base]
        wanted = {("reg", name) for name in [*STRATEGIES, "none"]}
        wanted |= {("objective", name) for name in stems("objective") if name != rescue.own(base)}
        assert mine[0] == ("reg", "none") and len(mine) == len(set(mine)) and set(mine) == wanted


def test_an_option_changes_nothing_else_of_its_base(rescue, monkeypatch, tmp_path):
    """Objectives that bring an optimiser keep the base's, and so its rates."""
    for base in rescue.BASES:
        plain, *others = [
            compose(*job.words(tmp_path, [])[1:]).config
            for job in rescue.jobs(
                "alone", asked(rescue, monkeypatch, "--bases", base, "--only", "wgan", "r1")
            )
        ]
        for config in others:
            assert config["optim"] == plain["optim"] and config["arch"] == plain["arch"]
            assert config["train"] == plain["train"] and config["dataset"] == plain["dataset"]
        assert [*others[0]["reg"]] == ["r1"] and others[1]["objective"]["critic_steps"] == 5


def test_a_costly_option_has_fewer_seeds(rescue, monkeypatch):
    args = asked(rescue, monkeypatch, "--bases", "ring")
    monkeypatch.setattr(rescue.rows, "ratios", lambda: {"reg-r1": 5.6, "reg-r2": 5.4})
    seeds = {job.option: job.seeds for job in rescue.jobs("alone", args)}
    assert seeds["r1"] == 6 and seeds["r2"] == seeds["none"] == 12


def test_who_rescues_half_of_the_seeds_is_followed(rescue, monkeypatch, tmp_path):
    args = asked(
        rescue,
        monkeypatch,
        "--bases",
        "ring",
        "rotate",
        "--only",
        "r1",
        "r2",
        "pac",
        "--runs",
        str(tmp_path),
    )
    found = {
        "ring-alone/reg-none": kept([1.0] * 4),
        "ring-alone/reg-r1": kept([8.0, 8.0, 7.0, 7.0]),
        "ring-alone/reg-r2": kept([8.0, 7.0, 7.0, 7.0]),
        "ring-alone/reg-pac": {"refused": "no"},
        "rotate-alone/reg-r1": kept([8.0] * 4),
    }
    told = {(job.name, job.steps) for job in rescue.to_follow(found, args)}
    assert told == {
        ("ring-endurance/reg-none", 15000),
        ("ring-endurance/reg-r1", 15000),
        ("ring-recovery/reg-none", 5000),
        ("ring-recovery/reg-r1", 5000),
    }
    recovery = next(job for job in rescue.to_follow(found, args) if job.kind == "recovery")
    assert f"start_from={args.runs}/ring-alone/reg-none" in recovery.words(args.runs, [])


def test_the_test_is_paired_by_seed_and_corrected_for_all_rows(rows):
    plain = kept([1.0, 2.0, 1.0, 3.0, 1.0, 2.0, 1.0, 1.0])
    better = kept([8.0, 8.0, 7.0, 8.0, 8.0, 8.0, 8.0, 8.0])
    told = rows.contrasts(
        {"a": better, "b": kept([1.0, 2.0], seeds=[6, 5]), "c": plain}, plain, "covered"
    )
    assert told["a"] == "+6.4, p 0.016"  # 2/2^8, times two tests
    assert told["b"] == "+0.0, p –"  # two pairs: of seeds 6 and 5, not of the first ones
    assert told["c"] == "+0.0, p 1.000"
    assert rows.paired(kept([4.0, None], seeds=[3, 0]), plain, "covered").tolist() == [1.0]


def test_rows_are_by_coverage_and_then_by_quality(rows):
    found = {
        "ring-alone/reg-none": kept([1.0] * 2),
        "ring-alone/reg-r1": kept([8.0, 8.0]),
        "ring-alone/reg-r2": kept([8.0, 8.0], quality=[0.9, 0.9]),
        "ring-alone/reg-pac": {"refused": "it cannot"},
        "ring-recovery/reg-r2": kept([8.0, 7.0]),
        "grid-alone/reg-ema": kept([25.0]),
    }
    text = rows.table(found, "ring", "covered")
    lines = [line for line in text.splitlines() if line.startswith("| [`") or "none" in line]
    assert [line.split("`")[1] for line in lines] == ["reg=r2", "reg=r1", "reg=none"]
    assert lines[0].endswith("| – | 50 % |") and lines[1].endswith("| – | – |")
    assert "reg=pac`](cards/pac.md), alone: refused, it cannot" in text and "ema" not in text


def test_the_first_page_shows_the_base_and_the_best(rows):
    found = {
        "ring-alone/reg-none": kept([2.0] * 4),
        "ring-alone/reg-r1": kept([8.0, 8.0, 7.0, 8.0]),
        "ring-alone/objective-wgan": kept([8.0] * 4),
        "ring-alone/reg-ema": kept([3.0] * 4),
        "ring-alone/reg-langevin": {"refused": "it cannot"},
    }
    _, _, *body = rows.best(found, "ring", 2).splitlines()
    assert body == [
        "| nothing | 0 % of 4 | 2.0 of 8 | 50.0 % | 0.50 |",
        "| `objective=wgan` | 100 % of 4 | 8.0 of 8 | 50.0 % | 0.50 |",
        "| `reg=r1` | 75 % of 4 | 7.8 of 8 | 50.0 % | 0.50 |",
    ]
    assert rows.best({}, "ring", 2) == ""


def test_a_table_says_how_many_options_have_been_run(rescue):
    wanted = len(STRATEGIES) + len(stems("objective")) - 1
    some = {
        "ring-alone/reg-none": kept([2.0]),
        "ring-alone/reg-r1": kept([8.0]),
        "ring-alone/reg-langevin": {"refused": "it cannot"},
        "grid-alone/reg-ema": kept([3.0]),
    }
    assert rescue.say_missing(some, "ring") == (
        f"So far 2 of {wanted} options have been added to this game."
    )
    whole = {f"ring-alone/{group}-{name}": kept([8.0]) for group, name in rescue.added("ring", [])}
    assert rescue.say_missing(whole, "ring") == ""


def test_a_card_has_a_line_for_each_base(rows):
    found = {
        "ring-alone/reg-none": kept([1.0, 8.0]),
        "ring-alone/reg-r1": kept([8.0, 8.0]),
        "grid-alone/reg-r1": kept([8.0]),
        "ring-recovery/reg-r1": kept([8.0]),
    }
    assert rows.for_card(found, "reg-r1") == [
        "* `ring`: full coverage in 100 % of 2 seeds (without it 50 %); quality 50.0 % (without it "
        "50.0 %), rotation 0.50 (without it 0.50)"
    ]
    assert rows.for_card(found, "reg-r2") == []


def test_a_diverged_seed_covers_nothing(rows):
    values = {
        "modes_strict": [8.0, None],
        "quality": [0.9, None],
        "kl": [0.1, None],
        "width_ratio": [1.0, None],
    }
    content = {
        "metrics": {
            rows.KEYS[key]: {"values": values.get(rows.KEYS[key], [8.0, None])} for key in rows.KEYS
        }
    }
    found = rows.read_scores(content)
    assert found["covered"] == [8.0, 0.0] and found["quality"] == [0.9, 0.0]
    assert found["kl"] == [0.1, None]
    assert rows.rescued(kept([8.0, 0.0])) == 0.5


def test_rotation_is_the_share_of_samples_in_new_modes_in_the_second_half(rows, tmp_path):
    fresh = [[0.0, 0.0], [0.9, 0.9], [0.2, 0.0], [0.6, 0.0]]
    lines = [
        {"kind": "health", "step": step, "health/fresh": each} for step, each in enumerate(fresh)
    ]
    file = tmp_path / "metrics.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert rows.rotation(file, [0, 1]) == pytest.approx([0.4, 0.0])
    file.write_text(json.dumps(lines[0]) + "\n")
    assert rows.rotation(file, [0, 1]) == [None, None]


def test_the_forecast_goes_by_the_pace_of_the_base(rescue, monkeypatch):
    job = rescue.Job("ring", "alone", "reg", "r1", 1000, 10)
    monkeypatch.setattr(rescue.rows, "ratios", lambda: {"reg-r1": 2.0})
    found = {"ring-alone/reg-none": kept([1.0] * 10) | {"seconds": 50_000.0 * 0.36}}
    assert rescue.forecast([job] * 10, found, 2) == (
        "10 runs, 2 at a time: about 10.1 hours"
    )  # ten times 45 s and 7,200 s


@pytest.mark.long
def test_what_is_done_is_not_trained_again_and_stands_in_the_table(
    rescue, tmp_path, monkeypatch, capsys
):
    """Recovery too: from the base's checkpoint, for the base itself."""
    words = [
        "--runs",
        str(tmp_path),
        "--bases",
        "ring",
        "--only",
        "r1",
        "diffaugment",
        "--steps",
        "4",
        "--seeds",
        "2",
    ]
    monkeypatch.setattr(sys, "argv", ["rescue", *words, "--", *SMALL])
    rescue.main()
    said = capsys.readouterr().out
    assert "failed" not in said and "3 runs, 2 at a time" in said and "2/2" in said
    assert "* [`reg=diffaugment`](cards/diffaugment.md), alone: refused, " in said
    file = tmp_path / "4x2" / "rescue.json"
    found = json.loads(file.read_text())
    assert found["ring-endurance/reg-none"]["steps"] == 12
    assert np.shape(found["ring-recovery/reg-none"]["scores"]["covered"]) == (2,)
    begun = (tmp_path / "4x2" / "ring-recovery" / "reg-none" / "config.yaml").read_text()
    assert f"start_from: {tmp_path}/4x2/ring-alone/reg-none\n" in begun
    rescue.main()
    again = capsys.readouterr().out
    assert (
        again.count("0 runs, 2 at a time") == 2
        and file.read_text() == json.dumps(found, indent=1) + "\n"
    )


GAMES = {  # the game that shows a cause, and whether more of its score is better
    "ahead": ("ring", 1),
    "vanishing": ("ring", 1),
    "alone": ("ring", 1),
    "forgetting": ("rotate", -1),
    "between": ("bridge", 1),
}


@pytest.mark.parametrize("cause", GAMES)
def test_nothing_is_advised_that_made_its_game_worse(rescue, rows, cause):
    """An option that was measured must have brought a gain; one that was not may be advised."""
    (base, sign), tries = GAMES[cause], load_causes()[cause]["try"]
    found = json.loads((ROOT / "docs" / "rescue.json").read_text(encoding="utf-8"))
    plain, asks = found[rescue.none(base)], rescue.BASES[base].asks
    names = [(group, name) for group in ("objective", "reg") for name in tries.get(group, ())]
    gains = {
        name: sign * float(rows.paired(found[f"{base}-alone/{group}-{name}"], plain, asks).mean())
        for group, name in names
        if f"{base}-alone/{group}-{name}" in found
    }
    assert gains and all(gain > 0 for gain in gains.values()), gains
