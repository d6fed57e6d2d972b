"""The groups of a table on the page, one by one: settings, commands, verdicts, pictures."""

from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path

from mcgan.compare.comparison import Section
from mcgan.compare.grouping import Group, ranges
from mcgan.compare.run import Run
from mcgan.view.html import count, image, paragraph

PICTURED = 12  # groups with pictures of their own, and runs of a group whose verdicts are told
VERDICTS = 6
KINDS = {"samples": ("kept", "Samples at the end"), "modes": ("drawn", "Mode frequencies")}


def tell_groups(section: Section) -> Iterator[str]:
    """What became of each group; nothing where another protocol's counts are of other runs."""
    own = [row.group for row in section.rows if row.watched]
    if not own:
        return
    yield "<h3>Groups</h3>"
    if len(own) > PICTURED:
        yield paragraph(f"Pictures of the first {PICTURED} groups alone.")
    for place, group in enumerate(own):
        yield from tell_group(group, place < PICTURED)


def tell_group(group: Group, pictured: bool) -> Iterator[str]:
    """A group on the page: its label, commands, verdicts, and pictures if ``pictured``."""
    runs = sorted(group.runs, key=lambda run: seeds_of(group, run))
    yield f"<article><h4>{escape(group.label)}</h4>"
    if group.settings != group.label:
        yield paragraph(group.settings)
    yield from map(code, dict.fromkeys(run.command for run in runs if run.command))
    yield "<ul>"
    for run in runs[:VERDICTS]:
        yield f"<li>{escape(verdict(group, run))}</li>"
    yield "</ul>"
    if len(runs) > VERDICTS:
        yield paragraph(f"and {count(len(runs) - VERDICTS, 'more run')}")
    if pictured:
        yield f'<div class="pictures">{"".join(draw_group(group, runs))}</div>'
    yield "</article>"


def seeds_of(group: Group, run: Run) -> list[int]:
    """The seed numbers of a group that one run trained."""
    return sorted(number for number, seed in group.seeds.items() if seed.run is run)


def verdict(group: Group, run: Run) -> str:
    """`seeds 0–3, ended 2026-01-01 10:00: 4 collapsed; most likely cause: …`"""
    ended = f", ended {run.ended[:16].replace('T', ' ')}" if run.ended else ""
    return f"{ranges(seeds_of(group, run))}{ended}: {run.verdict or 'no verdict'}"


def draw_group(group: Group, runs: Iterable[Run]) -> Iterator[str]:
    """The last pictures of each kind that the first of the runs drew of itself, if any did."""
    watched = {id(seed.run) for seed in group.seeds.values() if seed.curve}
    for kind, (style, title) in KINDS.items():
        found = ((run, picture_of(run, kind)) for run in runs if id(run) in watched)
        run, file = next(((run, file) for run, file in found if file.is_file()), (None, None))
        if run and file:
            told = f"{title}: {group.label}, {ranges(seeds_of(group, run))}"
            yield image(file.read_bytes(), told, style, "png")


def picture_of(run: Run, kind: str) -> Path:
    """Where the run's last picture of this kind lies, such as 'samples'; it may not exist."""
    return run.folder / "figures" / f"{kind}-{run.results[0]['step']:08d}.png"


def code(command: str) -> str:
    """A paragraph of HTML with a command."""
    return f"<p><code>{escape(command)}</code></p>"
