"""What the terminal says when a run has ended."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from mcgan.dataset.width import WIDEST
from mcgan.metrics.measures import MEASURES, measure
from mcgan.view.terminal.summary import closing, row, spread, table

RESULT = {
    "step": 2000, "seeds": [0, 1, 2, 3],
    "metrics": {
        "kl": {"mean": 0.012345, "interval": [0.01, 0.0146], "perfect": 0.0004, "real": None},
        "quality": {"mean": 0.931, "interval": None, "perfect": 0.9889, "real": 0.988},
        "odd_one": {"mean": 2.0, "interval": [1.0, 3.0], "perfect": None, "real": None},
    },
}  # fmt: skip


def plain(width: int = 100) -> Console:
    return Console(file=io.StringIO(), width=width)


def test_the_closing_table_and_what_to_type_next(tmp_path: Path) -> None:
    folder = tmp_path / ("long " * 20).strip()
    (folder / "figures").mkdir(parents=True)
    (folder / "figures" / "samples-00002000.png").write_bytes(b"")
    (folder / "figures" / "modes-00002000.png").write_bytes(b"")
    (folder / "figures" / "others-00001000.png").write_bytes(b"")
    console = plain(width=80)
    closing(folder, RESULT, console=console)
    lines = console.file.getvalue().splitlines()
    assert lines[0].strip() == "done at step 2,000 · 4 replicas"
    cells = [line.split("  ") for line in lines[2:5]]
    rows = [[cell.strip() for cell in row if cell.strip()] for row in cells]
    assert rows[0] == ["high-quality samples", "93.1 %", "–", "98.9 %", "98.8 %"]
    assert rows[1] == ["KL to the true weights", "0.0123", "0.01 … 0.0146", "0.0004", "–"]
    assert rows[2][0] == "odd one"
    assert f"run     {folder}" in lines  # whole, to be copied
    assert "figures figures/*-00002000.png: modes, samples" in lines  # relative to it
    assert f"next    mcgan dashboard '{folder}'" in lines


def test_remarks_stand_below_the_table(tmp_path: Path) -> None:
    console = plain(width=80)
    closing(tmp_path, {**RESULT, "remarks": ["quality above its ceiling of 98.9 %"]},
            console=console)  # fmt: skip
    assert "remark  quality above its ceiling of 98.9 %" in console.file.getvalue().splitlines()


def test_every_measure_fits_into_80_columns() -> None:
    metrics = {key: {"mean": 1000.0, "interval": [999.9, 1000.0], "perfect": 1000.0, "real": 1000.0}
               for key, measure in MEASURES.items() if not measure.percent}  # fmt: skip
    console = plain(width=80)
    console.print(table({"step": 1, "seeds": [0, 1, 2, 3], "metrics": metrics}))
    assert all(len(line) <= 80 and "…" in line for line in console.file.getvalue().splitlines()[2:])


def test_what_needs_a_checkpoint_is_offered_where_there_is_one(tmp_path: Path) -> None:
    console = plain()
    closing(tmp_path, RESULT, "diverged", console)
    said = [line for line in console.file.getvalue().splitlines() if line.startswith("next")]
    assert said == [f"next    mcgan dashboard {tmp_path}"]
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "checkpoints" / "step-00000010.pt").write_bytes(b"")
    closing(tmp_path, RESULT, "diverged", console)
    assert f"next    mcgan resume {tmp_path} train.steps=4000\n" in console.file.getvalue()


def test_a_narrow_terminal_cuts_no_number(tmp_path: Path) -> None:
    console = plain(width=40)
    closing(tmp_path, RESULT, console=console)
    assert "0.01 … 0.0146" in console.file.getvalue() and "93.1 %" in console.file.getvalue()


def test_one_replica_is_told_how_to_get_a_spread(tmp_path: Path) -> None:
    console = plain()
    closing(tmp_path, {**RESULT, "seeds": [0]}, "collapsed", console)
    assert console.file.getvalue().startswith("collapsed at step 2,000 · 1 replica ")
    assert "replicas=8 trains eight at once" in console.file.getvalue()


def test_long_intervals_break_labels_and_no_number() -> None:
    console = plain(width=80)
    ends = {"mean": 0.000385, "interval": [-0.000123, 0.000456], "perfect": 0.000385,
            "real": 0.000282}  # fmt: skip
    closing(Path("none"), {"step": 1, "seeds": [0, 1, 2, 3], "metrics": {"spread_least": ends}},
            console=console)  # fmt: skip
    text = console.file.getvalue()
    assert "real data" in text and "-0.000123 … 0.000456" in text and "0.000282" in text
    assert all(len(line) <= 80 for line in text.splitlines())


def test_two_or_three_replicas_show_their_values_and_no_interval() -> None:
    two = {"values": [4.0, 11.0], "mean": 7.5, "interval": [-37.0, 52.0], "perfect": 1.0,
           "real": 1.0}  # fmt: skip
    console = plain(width=80)
    console.print(table({"step": 1, "seeds": [0, 1], "metrics": {"kl": two}}))
    text = console.file.getvalue()
    assert "of each" in text and "4, 11" in text
    assert "interval" not in text and "-37" not in text


def test_of_few_replicas_a_unit_is_said_once_and_nothing_once() -> None:
    shares = {"values": [1.0, 0.887, 0.4], "mean": 0.76, "interval": None}
    assert spread(measure("quality"), shares) == "100.0, 88.7, 40.0 %"
    lost = {"values": [None, None], "mean": None, "interval": None}
    assert spread(measure("spread_least"), lost) == "–"
    assert spread(measure("kl"), {**lost, "values": [None, 4.0]}) == "–, 4"


def test_a_job_of_a_sweep_offers_nothing_to_type(tmp_path: Path) -> None:
    console = plain(width=80)
    score = {"values": [4.0], "mean": 4.0, "interval": None, "perfect": 1.0, "real": 1.0}
    closing(
        tmp_path, {"step": 1, "seeds": [0], "metrics": {"kl": score}}, console=console, offers=False
    )
    text = console.file.getvalue()
    assert "run " in text and "next" not in text and "replicas=8" not in text


def test_the_mean_of_a_width_beyond_its_measure_is_a_lower_bound() -> None:
    widths = {"values": [1.15, 10.0], "mean": 5.575, "interval": None, "perfect": 1.0, "real": 1.0}
    assert row(measure("width_ratio"), widths)[1:3] == ("≥ 5.58", "1.15, ≥ 10")
    assert row(measure("kl"), widths)[1] == "5.58"


VERDICT = {"state": "collapsed since step 300, samples nearest to 1 of 8 modes",
           "cause": "samples are judged one by one: data score above fakes with chance 0.84, "
                    "distances between samples 1.21 of the data's",
           "try": ["objective=r3gan", "'reg=[minibatch,pac]'"]}  # fmt: skip


def test_the_verdict_is_a_sentence_a_cause_and_words_to_paste() -> None:
    console = plain(width=80)
    closing(Path("none"), {**RESULT, "verdict": VERDICT}, console=console)
    lines = [line.rstrip() for line in console.file.getvalue().splitlines()]
    assert all(len(line) <= 80 for line in lines)
    start = lines.index("verdict collapsed since step 300, samples nearest to 1 of 8 modes")
    assert lines[start + 1].startswith("cause   most likely samples are judged one by one: ")
    assert lines[start + 2].startswith("        ")  # on, below the words
    assert lines[start + 3:start + 5] == ["try     objective=r3gan",
                                          "        'reg=[minibatch,pac]'"]  # fmt: skip


def test_measures_end_where_widths_do() -> None:
    assert measure("width_ratio").most == measure("spread_least").most == WIDEST


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [("modes_covered", 999.6, "999.6"), ("modes_covered", 1000.0, "1,000"),
     ("kl", 0.00038, "0.00038"),
     ("kl", 0.024761, "0.0248"), ("quality", 0.98889, "98.9 %"), ("kl", None, "–"),
     ("width_ratio", 9.9, "9.9"), ("width_ratio", 10.0, "≥ 10"), ("spread_least", 10.0, "≥ 10")],
)  # fmt: skip
def test_numbers_are_short(key: str, value: float | None, text: str) -> None:
    assert measure(key).show(value) == text
