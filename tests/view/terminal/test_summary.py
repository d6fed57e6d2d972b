"""What the terminal says while a run goes on and when it has ended."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from mcgan.metrics.measures import MEASURES, measure
from mcgan.view.terminal import progress as progress_module
from mcgan.view.terminal.progress import Lines, Live, progress
from mcgan.view.terminal.summary import closing, table

RESULT = {
    "step": 2000, "seeds": [0, 1],
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
    (folder / "figures" / "samples-00001000.png").write_bytes(b"")
    console = plain(width=80)
    closing(folder, RESULT, console=console)
    lines = console.file.getvalue().splitlines()
    assert lines[0].strip() == "done at step 2,000 · 2 replicas"
    cells = [line.split("  ") for line in lines[2:5]]
    rows = [[cell.strip() for cell in row if cell.strip()] for row in cells]
    assert rows[0] == ["high-quality samples", "93.1 %", "–", "98.9 %", "98.8 %"]
    assert rows[1] == ["KL to the true weights", "0.0123", "0.01 … 0.0146", "0.0004", "–"]
    assert rows[2][0] == "odd one"
    assert f"picture {folder}/figures/samples-00002000.png" in lines  # whole, to be copied
    assert f"next    mcgan dashboard '{folder}'" in lines
    assert not any("00001000" in line for line in lines)


def test_remarks_stand_below_the_table(tmp_path: Path) -> None:
    console = plain(width=80)
    closing(tmp_path, {**RESULT, "remarks": ["quality above its ceiling of 98.9 %"]},
            console=console)  # fmt: skip
    assert "remark  quality above its ceiling of 98.9 %" in console.file.getvalue().splitlines()


def test_every_measure_fits_into_80_columns() -> None:
    metrics = {key: {"mean": 1000.0, "interval": [999.9, 1000.0], "perfect": 1000.0, "real": 1000.0}
               for key, measure in MEASURES.items() if not measure.percent}  # fmt: skip
    console = plain(width=80)
    console.print(table({"step": 1, "seeds": [0, 1], "metrics": metrics}))
    assert all(len(line) <= 80 and "…" in line for line in console.file.getvalue().splitlines()[2:])


def test_what_needs_a_checkpoint_is_offered_where_there_is_one(tmp_path: Path) -> None:
    console = plain()
    closing(tmp_path, RESULT, "diverged", console)
    said = [line for line in console.file.getvalue().splitlines() if line.startswith("next")]
    assert said == [f"next    mcgan dashboard {tmp_path}"]
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "checkpoints" / "step-00000010.pt").write_bytes(b"")
    closing(tmp_path, RESULT, "diverged", console)
    assert f"mcgan resume {tmp_path} train.steps=N" in console.file.getvalue()


def test_a_narrow_terminal_cuts_no_number(tmp_path: Path) -> None:
    console = plain(width=40)
    closing(tmp_path, RESULT, console=console)
    assert "0.01 … 0.0146" in console.file.getvalue() and "93.1 %" in console.file.getvalue()


def test_one_replica_is_told_how_to_get_a_spread(tmp_path: Path) -> None:
    console = plain()
    closing(tmp_path, {**RESULT, "seeds": [0]}, "collapsed", console)
    assert console.file.getvalue().startswith("collapsed at step 2,000 · 1 replica ")
    assert "replicas=8 trains eight at once" in console.file.getvalue()


def test_plain_lines_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(progress_module.time, "monotonic", lambda: now[0])
    console = plain()
    with progress(1000, done=500, console=console) as shown:
        assert isinstance(shown, Lines)
        for step in range(501, 1001):
            now[0] += 0.125
            shown.update(step, {"modes": f"{step}"} if step % 100 == 0 else None)
    lines = console.file.getvalue().splitlines()
    assert [line.split()[1] for line in lines] == ["501", "581", "661", "741", "821", "901", "981",
                                                   "1,000"]  # fmt: skip
    assert lines[2] == "step 661 of 1,000 · 125 ms a step · 0:42 left · modes 600"
    assert lines[-1] == "step 1,000 of 1,000 · 125 ms a step · 0:00 left · modes 1000"


def test_a_bar_where_there_is_a_terminal() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=100)
    with pytest.raises(KeyboardInterrupt), progress(10, console=console) as shown:
        assert isinstance(shown, Live)
        shown.update(5, {"modes": "7 of 8"})
        shown.bar.refresh()
        raise KeyboardInterrupt
    text = console.file.getvalue()
    assert "5/10" in text and "modes 7 of 8" in text
    assert "\x1b[?25h" in text  # the cursor is back


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [("modes_covered", 999.6, "999.6"), ("modes_covered", 1000.0, "1,000"),
     ("kl", 0.00038, "0.00038"),
     ("kl", 0.024761, "0.0248"), ("quality", 0.98889, "98.9 %"), ("kl", None, "–")],
)  # fmt: skip
def test_numbers_are_short(key: str, value: float | None, text: str) -> None:
    assert measure(key).show(value) == text
