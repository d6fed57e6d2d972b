"""Benchmarks leave a line each time, which can be drawn and compared."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"
FIGURES = {"workloads": {"mlp": {"ms": 2.0, "ratio": [1.0, 3.0, 2.0]}}, "cpu": "A", "quick": True}


@pytest.fixture(autouse=True)
def importable(monkeypatch):
    monkeypatch.setattr(sys, "path", [str(BENCHMARKS), *sys.path])


@pytest.fixture
def file(tmp_path) -> Path:
    return tmp_path / "history.jsonl"


def line(ms: float, day: int, machine: str = "A") -> dict:
    return {
        "benchmark": "engines",
        "date": f"2026-01-0{day}T00:00:00+00:00",
        "commit": "abc",
        "machine": machine,
        "figures": {"ms": ms, "ratio": 1.0},
    }


def test_a_run_is_one_line_of_numbers(file):
    import history

    for _ in range(2):
        history.add("engines", FIGURES, file)
    first, second = history.read(file)
    assert first["figures"] == {"workloads/mlp/ms": 2.0, "workloads/mlp/ratio": 2.0}
    assert first["benchmark"] == "engines" and first["machine"] and first["torch"]
    assert second["date"] >= first["date"]
    assert len(file.read_text().splitlines()) == 2


def test_the_commit_is_this_ones():
    import history

    done = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=BENCHMARKS, capture_output=True, text=True
    )
    known = history.commit().rstrip("+")
    assert done.stdout.startswith(known) if done.returncode == 0 else known == "unknown"


def test_a_figure_that_changed_is_told_by_machine():
    import draw_history

    runs = [line(1.0, 1), line(9.0, 2, "B"), line(1.02, 3), line(1.2, 4)]
    assert [*draw_history.changes(runs)] == ["ms: 1.2, usually 1.01 (+19 %)"]
    assert [*draw_history.changes(runs[:3])] == []


def test_the_history_is_drawn(file, monkeypatch, capsys, tmp_path):
    import draw_history

    file.write_text("".join(json.dumps(each) + "\n" for each in (line(1.0, 1), line(1.2, 2, "B"))))
    out = tmp_path / "drawn.png"
    words = ["draw_history.py", "engines", "--file", str(file), "--out", str(out)]
    monkeypatch.setattr(sys, "argv", words)
    draw_history.main()
    assert out.read_bytes().startswith(b"\x89PNG")
    assert "nothing changed" in capsys.readouterr().out
    monkeypatch.setattr(sys, "argv", [*words, "--figures", "seconds"])
    with pytest.raises(SystemExit, match="no figure of engines"):
        draw_history.main()


@pytest.mark.parametrize(
    "name", ["engines", "strategies", "sweeps", "overhead", "compile_time", "packages"]
)
def test_a_benchmark_keeps_its_figures(name):
    tree = ast.parse((BENCHMARKS / f"{name}.py").read_text())
    calls = [ast.unparse(part) for part in ast.walk(tree) if isinstance(part, ast.Call)]
    assert any(call.startswith(f"history.add('{name}', ") for call in calls)
