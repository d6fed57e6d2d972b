"""The wheel and the sdist, installed elsewhere, and the files a newcomer types at."""

import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

import mcgan
from mcgan.config.paths import conf_dir

ROOT = Path(__file__).resolve().parents[1]
CONF = sorted(str(file.relative_to(conf_dir())) for file in conf_dir().rglob("*.yaml"))


def call(*words: object, **options) -> str:
    done = subprocess.run(
        [sys.executable, *map(str, words)], capture_output=True, text=True, **options
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """sdist of the checkout, and the wheel made from that sdist."""
    folder = tmp_path_factory.mktemp("dist")
    call("-m", "hatchling", "build", "-t", "sdist", "-d", folder, cwd=ROOT)
    [archive] = folder.glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    call(
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        folder,
        archive.with_suffix("").with_suffix(""),
        env={**os.environ, "PIP_NO_INDEX": "1"},
    )
    return folder


def test_the_sdist_carries_conf_tests_and_makefile(built):
    [archive] = built.glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        names = {name.partition("/")[2] for name in tar.getnames()}
    assert {f"conf/{name}" for name in CONF} <= names
    assert {"tests/test_packaging.py", "Makefile", "LICENSE", "README.md"} <= names


def test_the_wheel_carries_conf_and_every_module(built):
    [wheel] = built.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {f"mcgan/conf/{name}" for name in CONF} <= names
    modules = {str(file.relative_to(ROOT / "src")) for file in (ROOT / "src").rglob("*.py")}
    assert modules | {"mcgan/py.typed"} <= names
    assert not [name for name in names if name.startswith(("tests", "conf"))]


def test_the_wheel_works_elsewhere(built, tmp_path):
    [wheel] = built.glob("*.whl")
    site = tmp_path / "site"
    call("-m", "pip", "install", "-q", "--no-deps", "--no-index", "--target", site, wheel)
    env = {**os.environ, "PYTHONPATH": str(site)}
    env.pop("MCGAN_CONF", None)
    where = "import mcgan.config.paths; print(mcgan.config.paths.conf_dir())"
    assert call("-c", where, cwd=tmp_path, env=env).strip() == str(site / "mcgan" / "conf")
    shown = call("-m", "mcgan", "train", "--cfg", "job", cwd=tmp_path, env=env)
    assert "_target_: mcgan.dataset.ring.Ring" in shown
    assert (site / "bin" / "mcgan").is_file()


def test_versions_agree():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == mcgan.__version__


def test_ignored_folders_are_anchored():
    """hatchling obeys .gitignore: an unanchored `data/` would drop a package of that name."""
    lines = (ROOT / ".gitignore").read_text().split()
    assert all(line.startswith(("/", "*")) or line == "__pycache__/" for line in lines)


@pytest.mark.parametrize("target", ["help", "demo", "test", "slow", "check", "clean"])
def test_make_knows_its_targets(target):
    done = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def made(*words: str) -> str:
    """What make would do in a fresh clone."""
    return subprocess.run(
        ["make", "-n", *words, "VENV=/nowhere"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_make_says_the_size_before_it_fetches_and_takes_torch_without_cuda():
    index = "--index-url https://download.pytorch.org/whl/cpu 'torch' torchvision"
    whole, small = made("demo", "CPU="), made("demo", "CPU=1")
    assert whole.index("up to 6 GB") < whole.index("pip install") and index not in whole
    assert small.index("about 0.2 GB") < small.index(index) < small.index("-e '.[dev]'")
    assert "make demo CPU=1" in made("help")


def test_every_extra_is_used():
    """Each package of an extra is imported somewhere, or a message names it as a plugin."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    names = {re.split("[>=<]", word)[0] for key in extras.keys() - {"dev"} for word in extras[key]}
    places = [*ROOT.glob("src/**/*.py"), *ROOT.glob("benchmarks/**/*.py"), ROOT / "Makefile"]
    text = "\n".join(file.read_text(encoding="utf-8") for file in places)
    assert names and not [name for name in names if not re.search(rf"\b{name}\b", text)]


def test_ci_is_red_when_something_is():
    script = (ROOT / ".ci" / "run").read_text()
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert "set -e" in script and "make test" in script and "make check" in script
