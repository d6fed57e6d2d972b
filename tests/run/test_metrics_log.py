"""metrics.jsonl: strict JSON, nothing lost, nothing twice."""

import json
import math
from pathlib import Path

from mcgan.run.metrics_log import MetricsLog, read


def test_rows_are_there_at_once_and_numbers_are_exact(tmp_path: Path) -> None:
    history = MetricsLog(tmp_path / "m.jsonl")
    history.append("train", 1, {"loss/d": [0.1, math.nan, -math.inf, None]})
    text = (tmp_path / "m.jsonl").read_text()  # before it is closed
    assert json.loads(text) == {"kind": "train", "step": 1, "loss/d": [0.1, None, None, None]}
    history.close()


def test_resume_drops_later_rows_and_a_torn_one(tmp_path: Path) -> None:
    path = tmp_path / "m.jsonl"
    history = MetricsLog(path)
    for step in range(1, 6):
        history.append("train", step, {"x": [step / 3]})
    history.close()
    untouched = path.read_text().splitlines()
    path.write_text(path.read_text() + '{"kind": "train", "st')
    history = MetricsLog(path, resume_step=3)
    history.append("train", 4, {"x": [4 / 3]})
    history.close()
    assert path.read_text().splitlines() == untouched[:4]


def test_resume_without_a_file(tmp_path: Path) -> None:
    MetricsLog(tmp_path / "m.jsonl", resume_step=3).close()
    assert list(read(tmp_path / "m.jsonl")) == []
    assert list(read(tmp_path / "none.jsonl")) == []
