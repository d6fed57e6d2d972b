"""What evaluation, logging, pictures and checkpoints cost beside the training steps.

    python benchmarks/overhead.py [OVERRIDE ...]

Trains a run of the defaults (with overrides, if given) in a temporary folder and compares the time
spent inside training steps with that of the whole loop. What a process imports once, matplotlib and
its fonts, counts as its start.
"""

import json
import sys
import tempfile
from pathlib import Path

import history

import mcgan.view.figures.evaluation  # noqa: F401 (matplotlib)
from mcgan.config.compose import compose
from mcgan.experiment import fit
from mcgan.run.metrics_log import read
from mcgan.view.figures.style import new_figure, png


def share_outside_steps(overrides: list[str]) -> float:
    """Of the loop's time, for one run."""
    config = compose("name=overhead", *overrides).config
    with tempfile.TemporaryDirectory() as folder:
        fit.fit(config, Path(folder))
        result = json.loads((Path(folder) / "result.json").read_text())
        rows = [row for row in read(Path(folder) / "metrics.jsonl") if row["kind"] == "train"]
    steps = [0, *(row["step"] for row in rows)]
    inside = sum(
        row["time/step_ms"][0] / 1e3 * (end - begin)
        for row, begin, end in zip(rows, steps, steps[1:], strict=False)
    )
    return 1 - inside / result["seconds"]


if __name__ == "__main__":
    png(new_figure(1.0, 1.0))  # finds the fonts
    share = share_outside_steps(sys.argv[1:])
    print(f"outside training steps: {100 * share:.1f} % of the loop's time")
    if not sys.argv[1:]:  # of the defaults
        history.add("overhead", {"share outside": share})
