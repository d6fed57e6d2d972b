"""`mcgan judge` as typed: verdicts, files, exit codes, and each kind of bad input in one line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from judged import draw_blocks, draw_ring
from mcgan.cli.judge import KEYS, split
from mcgan.errors import UserError


@pytest.fixture
def files(home: Path) -> Path:
    """Real rows, and samples of two states, in the working directory."""
    rows, mode = draw_ring(400)
    np.savez(home / "real.npz", x=rows, mode=mode)
    np.save(home / "lost.npy", draw_ring(200, 5, seed=1)[0])
    np.save(home / "fine.npy", draw_ring(200, seed=2)[0])
    return home


def test_a_collapsed_generator_ends_with_three_and_writes_what_is_asked(cli, files):
    ended = cli(
        "judge",
        "lost.npy",
        "real.npz",
        "labels=folders",
        "--html",
        "a.html",
        "--figure",
        "a.png",
        "--json",
        "a.json",
        "tensorboard=board/here",
        "key=x",
    )
    assert ended.code == 3, ended.err
    assert ended.out.startswith("3 of 8 groups of the real data are missing: ")
    assert max(map(len, ended.out.splitlines())) <= 80
    assert ended.err.splitlines() == ["page    a.html", "figure  a.png", "json    a.json"]
    stored = json.loads(Path("a.json").read_text())
    assert stored["kind"] == "missing" and stored["verdict"] in " ".join(ended.out.split())
    assert [group["name"] for group in stored["missing"]["groups"]] and stored["seed"] == 0
    assert Path("a.html").read_text().count("mcgan judge lost.npy real.npz labels=folders") == 1
    with Image.open("a.png") as figure:
        assert figure.size == (2400, 980)
    assert len([*Path("board/here").iterdir()]) == 1


def test_a_healthy_one_ends_with_zero_and_json_may_be_all_that_is_printed(cli, files):
    ended = cli("judge", "fine.npy", "real.npz", "--json", "-", "n=150", "seed=4")
    assert ended.code == 0 and ended.err == ""
    stored = json.loads(ended.out)
    assert stored["kind"] == "healthy" and (stored["n"], stored["m"], stored["seed"]) == (
        150,
        150,
        4,
    )
    assert cli("judge", "fine.npy", "real.npz", "--figure", "a.svg").code == 0
    assert "<svg" in Path("a.svg").read_text()


def test_several_against_one_and_one_collapsed_ends_with_three(cli, files):
    ended = cli(
        "judge", "fine.npy", "lost.npy", "real.npz", "--json", "all.json", "--html", "all.html"
    )
    assert ended.code == 3 and ended.out.startswith("generator ")
    assert [each["fakes"] for each in json.loads(Path("all.json").read_text())] == [
        "fine.npy",
        "lost.npy",
    ]
    assert Path("all.html").read_text().count("<h2>") == 2


def test_a_function_of_the_working_directory(cli, files):
    (files / "mine_to_judge.py").write_text(
        "import torch\ndef draw(n):\n    return torch.randn(n, 2)\n"
    )
    ended = cli("judge", "mine_to_judge:draw", "real.npz", "n=120")
    assert ended.code == 0 and "The samples are poor" in ended.out


def pictures(folder: Path, n: int) -> None:
    folder.mkdir()
    for number, picture in enumerate(draw_blocks(n)[0]):
        Image.fromarray(picture).save(folder / f"{number}.png")


def test_folders_of_pictures_and_an_unreadable_one(cli, home):
    pictures(home / "real", 240)
    pictures(home / "fakes", 120)
    (home / "fakes/0.png").write_bytes(b"no picture")
    ended = cli("judge", "fakes", "real", "--html", "a.html")
    told = " ".join(ended.out.split())
    assert ended.code == 0 and "119 samples against 240" in told
    assert "0.png" in told and "left out" in told
    assert "image/png" in Path("a.html").read_text()


BAD = {
    "empty": "empty has no pictures: give a folder with .png or .jpg files, or a file of samples",
    "one": "one has 1 sample: at least 2 are needed, and a verdict needs 100",
    "nan.npy": "nan.npy: 1 of 200 rows hold NaN or infinite numbers, the first is row 7: ",
    "wide.npy": "wide.npy holds vectors of 3 numbers, real.npz vectors of 2 numbers: compare",
    "text.txt": "text.txt: samples are read from .npy, .npz, .pt, ",
    "nowhere": "there is no file or folder nowhere: give the path of samples, or a function",
    "none.npy": "none.npy has 0 samples: at least 2 are needed",
    "cut.npy": "cannot read cut.npy: ",
    "no_module:draw": "cannot import 'no_module' of 'no_module:draw': ModuleNotFoundError",
}


@pytest.mark.parametrize("fakes", BAD)
def test_bad_input_is_one_line(cli, files, fakes):
    (files / "empty").mkdir()
    pictures(files / "one", 1)
    broken = draw_ring(200)[0]
    broken[7, 1] = np.nan
    np.save("nan.npy", broken)
    np.save("wide.npy", np.ones((200, 3)))
    np.save("none.npy", np.ones((0, 2)))
    Path("cut.npy").write_bytes(Path("nan.npy").read_bytes()[:100])
    Path("text.txt").write_text("1 2")
    ended = cli("judge", fakes, "real.npz", "key=x", "--json", "a.json")
    assert ended.code == 2 and ended.out == "" and not Path("a.json").exists()
    assert ended.err.startswith(f"mcgan judge: {BAD[fakes]}") and ended.err.count("\n") == 1


def test_odd_input_has_a_verdict_that_says_it(cli, files):
    """Fakes that are the real file, constant columns, few samples, one value alone."""
    same = cli("judge", "real.npz", "real.npz", "key=x")
    told = " ".join(same.out.split())
    assert same.code == 0 and "are rows of the real data themselves" in told
    assert "hold the same samples, to the byte" in told
    rows = np.load("real.npz")["x"]
    np.save("real_wide.npy", np.hstack([rows, np.full((400, 1), 7.0)]))
    np.save("fake_wide.npy", np.hstack([np.load("fine.npy"), np.full((200, 1), 7.0)]))
    constant = cli("judge", "fake_wide.npy", "real_wide.npy")
    assert constant.code == 0 and "Healthy" in constant.out
    assert "column 2 is constant on both sides, and left out" in " ".join(constant.out.split())
    np.save("few.npy", rows[:50] + 0.01)
    few = cli("judge", "few.npy", "real.npz")
    assert few.code == 0 and few.out.startswith("Too few for a verdict: 50 samples")
    np.save("flat.npy", np.ones((200, 2)))
    flat = cli("judge", "flat.npy", "real.npz", "key=x")
    assert flat.code == 3 and "repeat one another" in " ".join(flat.out.split())
    nothing = cli("judge", "fine.npy", "flat.npy")
    assert nothing.code == 2 and nothing.err.count("\n") == 1 and "all the same" in nothing.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("", "there is nothing to judge: give the samples, then the real ones"),
        (
            "fine.npy",
            "fine.npy is no run whose data are known: give the real samples after the fakes",
        ),
        ("fine.npy real.npz lables=x", "no setting 'lables'; did you mean 'labels'?"),
        ("fine.npy real.npz n=few", "n must be a whole number of at least 0, not 'few'"),
        ("fine.npy real.npz n=0", "n must be a whole number of at least 1, not 0"),
        ("fine.npy real.npz features=pixel", "features=pixel is unknown; did you mean 'pixels'?"),
        (
            "fine.npy real.npz features=pixels",
            "features=pixels are of pictures, and real.npz holds",
        ),
        ("fine.npy real.npz labels=nowhere.txt", "labels=nowhere.txt: no such file, and no such"),
        ("fine.npy real.npz heldout=nowhere", "there is no file or folder nowhere"),
        ("fine.npy real.npz key=y", "real.npz has no array 'y'"),
        ("fine.npy real.npz --html no/a.html", "--html no/a.html: there is no folder no"),
        ("fine.npy real.npz --figure a.doc", "--figure a.doc must end in .png or .svg"),
        ("fine.npy real.npz --json .", "--json . is a folder: give the name of a file"),
        ("fine.npy real.npz tensorboard=fine.npy", "tensorboard=fine.npy is a file: give a folder"),
    ],
)
def test_mistakes_of_words_are_one_line(cli, files, words, message):
    ended = cli("judge", *words.split())
    assert ended.code == 2 and ended.out == ""
    assert ended.err.startswith(f"mcgan judge: {message}") and ended.err.count("\n") == 1


def test_a_file_whose_name_looks_like_a_setting_is_a_file(files):
    Path("labels=x").write_text("")
    sources, settings = split(["labels=x", "a/b=c.npy", "seed=2"])
    assert sources == ["labels=x", "a/b=c.npy"] and settings["seed"] == 2
    assert {*settings} | {"tensorboard"} == {*KEYS}
    with pytest.raises(UserError, match="no setting 'sede'"):
        split(["sede=2"])


def test_help_fits_a_terminal_and_loads_no_torch(home):
    code = (
        "import sys; from mcgan.cli.main import main; main(['judge', '--help']); "
        "print('torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "COLUMNS": "80"},
    )
    lines = done.stdout.splitlines()
    assert lines[-1] == "False" and max(map(len, lines)) <= 80
    assert all(f"  {key}=" in done.stdout for key in KEYS)
