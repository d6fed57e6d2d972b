"""A bar for each stage in a terminal, nothing elsewhere."""

import io

from rich.console import Console

from mcgan.view.terminal.stages import stages


def shown(terminal: bool) -> str:
    console = Console(file=io.StringIO(), force_terminal=terminal, width=80)
    with stages(console) as tell:
        tell("reading real", 1, 4)
        tell("reading real", 4, 4)
        tell("measuring", 3, 10)
    return console.file.getvalue()


def test_a_terminal_shows_the_stage_and_how_far_it_is():
    text = shown(True)
    assert "measuring" in text and "3/10" in text and "4/4" not in text


def test_elsewhere_nothing_is_shown():
    assert shown(False).strip() == ""
