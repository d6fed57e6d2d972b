"""What the terminal says while a run goes on."""

import io
import logging
import re
from pathlib import Path

import pytest
from rich.console import Console

from mcgan.view.terminal import progress as progress_module
from mcgan.view.terminal.progress import COMPILING, Lines, Live, fit, progress, show

SCORES = ["7.5/8 modes", "87% on them", "KL 0.001"]


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def terminal(width: int = 80) -> Console:
    return Console(file=Screen(), force_terminal=True, width=width)


def lines_of(console: Console) -> list[str]:
    """What was written, without colours and movements of the cursor."""
    text = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", console.file.getvalue())  # type: ignore[attr-defined]
    return re.split(r"[\r\n]+", text)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr(progress_module.time, "monotonic", lambda: now[0])
    return now


def test_plain_lines_now_and_then(clock: list[float]) -> None:
    console = Console(file=io.StringIO(), width=100)
    with progress(1000, done=500, console=console) as shown:
        assert isinstance(shown, Lines)
        for step in range(501, 1001):
            clock[0] += 0.125
            shown.update(step, [f"{step} modes"] if step % 100 == 0 else None)
    lines = console.file.getvalue().splitlines()
    assert [line.split()[1] for line in lines] == ["501", "581", "661", "741", "821", "901", "981",
                                                   "1,000"]  # fmt: skip
    assert lines[2] == "step 661 of 1,000 · 125 ms a step · 0:42 left · 600 modes"
    assert lines[-1] == "step 1,000 of 1,000 · 125 ms a step · 0:00 left · 1000 modes"


@pytest.mark.parametrize(
    ("number", "text"),
    [(0.1234, "0.123"), (55.55, "55.5"), (999.4, "999"), (999.9, "1,000"), (1123.4, "1,123")],
)
def test_a_pace_is_never_a_power_of_ten(number: float, text: str) -> None:
    assert show(number) == text


def test_compiling_is_said_and_left_out_of_the_pace(clock: list[float]) -> None:
    console = Console(file=io.StringIO(), width=100)
    with progress(300, console=console, compiles=True) as shown:
        assert console.file.getvalue() == COMPILING + "\n"
        clock[0] += 60
        shown.begin(1)
        clock[0] += 9.9
        shown.update(100)
    assert console.file.getvalue().splitlines()[1:] == ["step 100 of 300 · 100 ms a step · "
                                                        "0:20 left"]  # fmt: skip


def test_an_evaluation_makes_no_step_longer_and_counts_for_the_time_left(
    clock: list[float],
) -> None:
    console = Console(file=io.StringIO(), width=100)
    with progress(300, console=console) as shown:
        for step, seconds, scores in [(100, 10, None), (100, 20, SCORES), (200, 10, None)]:
            clock[0] += seconds
            shown.update(step, scores)
    pace, left = zip(
        *(line.split(" · ")[1:3] for line in console.file.getvalue().splitlines()), strict=True
    )
    assert pace == 3 * ("100 ms a step",) and left == ("0:20 left", "1:00 left", "0:20 left")


def test_a_bar_says_that_it_compiles_and_counts_from_the_first_step(clock: list[float]) -> None:
    console = terminal()
    with progress(300, console=console, compiles=True) as shown:
        shown.bar.refresh()
        assert any(line.startswith(COMPILING) for line in lines_of(console))
        assert not any("left" in line for line in lines_of(console))
        clock[0] += 60
        shown.begin(1)
        clock[0] += 9.9
        shown.update(100)
        shown.bar.refresh()
    assert any(re.match("training .* 100/300 0:20 left", line) for line in lines_of(console))


@pytest.mark.parametrize("steps", [300, 10_000])
def test_80_columns_hold_bar_step_time_and_scores(clock: list[float], steps: int) -> None:
    console = terminal()
    with progress(steps, console=console) as shown:
        clock[0] += 30
        shown.update(steps // 10, SCORES)
        shown.bar.refresh()
    line = next(line.rstrip() for line in lines_of(console) if "modes" in line)
    assert re.fullmatch(
        rf"training [━╸╺]{{6,}} +{steps // 10}/{steps} 4:30 left "
        "7.5/8 modes · 87% on them · KL 0.001",
        line,
    ), line
    assert len(line) <= 80


def test_scores_give_way_first_and_whole(clock: list[float]) -> None:
    console = terminal(width=60)
    with progress(10_000, console=console) as shown:
        clock[0] += 30
        shown.update(1000, SCORES)
        shown.bar.refresh()
    line = next(line.rstrip() for line in lines_of(console) if "modes" in line)
    assert "1000/10000 4:30 left 7.5/8 modes" in line and "━" in line and "…" not in line
    assert fit(SCORES, 26) == "7.5/8 modes · 87% on them" and fit(SCORES, 3) == ""


def test_a_bar_goes_also_after_an_error() -> None:
    console = terminal()
    with pytest.raises(KeyboardInterrupt), progress(10, console=console) as shown:
        assert isinstance(shown, Live)
        raise KeyboardInterrupt
    assert "\x1b[?25h" in console.file.getvalue()  # type: ignore[attr-defined]  # the cursor is back


def test_log_lines_go_above_the_bar_wrapped_between_words() -> None:
    console, own = terminal(), Screen()
    handler, root = logging.StreamHandler(own), logging.getLogger()
    root.addHandler(handler)
    try:
        with progress(10, console=console):
            root.warning("word " * 30)
        root.warning("afterwards")
    finally:
        root.removeHandler(handler)
    assert own.getvalue() == "afterwards\n"  # while the bar stands, nothing passes it by
    said = [line.rstrip() for line in lines_of(console) if "word" in line]
    assert said == ["word " * 15 + "word", "word " * 13 + "word"]


def test_logs_in_a_file_stay_there(tmp_path: Path) -> None:
    own = io.StringIO()
    handler, root = logging.StreamHandler(own), logging.getLogger()
    unopened = logging.FileHandler(tmp_path / "train.log", delay=True)  # as a run's log is at first
    root.addHandler(handler)
    root.addHandler(unopened)
    try:
        with progress(10, console=terminal()):
            root.warning("kept")
    finally:
        root.removeHandler(handler)
        root.removeHandler(unopened)
        unopened.close()
    assert own.getvalue() == "kept\n" == (tmp_path / "train.log").read_text()
