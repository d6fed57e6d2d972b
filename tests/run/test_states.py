"""One table of states and exit codes, and that of the documents is the same."""

import re
import signal
from pathlib import Path

import pytest

from mcgan.run.states import ENDED, EXIT_CODES, Outcome, RunState, exit_code, worst
from mcgan.view.tensorboard.board import ENDS

PAGE = Path(__file__).resolve().parents[2] / "docs/runs.md"
SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2]


def test_every_state_has_an_exit_code():
    assert {*EXIT_CODES} | {RunState.INTERRUPTED} == {*RunState}
    assert [exit_code(state) for state in RunState] == [1, 0, 1, 143, 3, 4]
    assert exit_code("failed", mistake=True) == 2


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_has_the_exit_code_of_shells(number):
    assert Outcome(RunState.INTERRUPTED, signal=number).code == 128 + number
    assert exit_code("interrupted", number) == 128 + number


def test_the_page_on_runs_has_every_code():
    table = PAGE.read_text().partition("| exit code | means |")[2].partition("\n\n")[0]
    told = {
        int(code)
        for cell in re.findall(r"^\| ([\d, ]+) \|", table, re.M)
        for code in cell.split(",")
    }
    assert told == {*EXIT_CODES.values(), 2} | {128 + number for number in SIGNALS}


def test_a_sweep_returns_its_worst():
    codes = [0, 3, 4, 140, 2, 1]  # from good to bad
    assert [worst(codes[: i + 1]) for i in range(len(codes))] == codes
    assert worst(reversed(codes)) == 1 and worst([]) == 0


def test_files_keep_the_words():
    """Old status files are read, and other programs read ours."""
    words = ["running", "done", "failed", "interrupted", "collapsed", "diverged"]
    assert [*RunState] == words and {*map(str, ENDED)} == {"done", "collapsed", "diverged"}
    with pytest.raises(ValueError, match="is not a valid RunState"):
        RunState("finished")


def test_tensorboard_knows_every_state_in_which_a_run_ends():
    assert {*ENDS} == ENDED | {RunState.FAILED}
