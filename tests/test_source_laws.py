"""What the source itself has to keep: no hidden randomness, and nobody names a strategy."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

import mcgan
from mcgan.config.paths import conf_dir
from small import STRATEGIES

SOURCE = Path(mcgan.__file__).parent
TESTS = Path(__file__).parent
# What makes a GAN, and not what is done to it: those rooms are named after papers' ideas.
CORE = [
    path
    for path in sorted(SOURCE.rglob("*.py"))
    if path.relative_to(SOURCE).parts[0] not in ("reg", "explain", "functional")
]
MODULES = [path for path in sorted((SOURCE / "reg").glob("*.py")) if path.stem != "__init__"]
DRAWS = re.compile(
    r"torch\.(rand|randn|randint|randperm|normal|bernoulli|multinomial|poisson)(_like)?\("
    r"|\.(normal_|uniform_|random_|bernoulli_|exponential_)\(|\bdropout|\bimport random"
    r"|np\.random"
)
TORCHS = {"engine/captured.py": {"replay"}}  # torch's word for doing a CUDA graph again
READS = re.compile(r"\.(item|tolist|numpy|cpu)\(")


def by_name(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def words(tree: ast.AST) -> Iterator[str]:
    """Identifiers, imported modules and whole strings; not prose."""
    for part in ast.walk(tree):
        match part:
            case ast.Name(id=word) | ast.Attribute(attr=word) | ast.arg(arg=word):
                yield word
            case ast.ImportFrom(module=module, names=names):
                yield from (module or "").split(".")
                yield from (alias.name for alias in names)
            case ast.Import(names=names):
                yield from (piece for alias in names for piece in alias.name.split("."))
            case ast.Constant(value=str(text)):
                yield text.removeprefix("reg.")


def target(strategy: str) -> str:
    return yaml.safe_load((conf_dir() / "reg" / f"{strategy}.yaml").read_text())["_target_"]


@pytest.mark.parametrize("path", MODULES, ids=by_name)
def test_a_strategy_draws_nothing_and_reads_no_tensor(path):
    for number, line in enumerate(path.read_text().splitlines(), 1):
        assert not DRAWS.search(line), f"{path.name}:{number} draws: declare it in noise()"
        assert not READS.search(line), f"{path.name}:{number} reads a tensor back"


def test_the_core_names_no_strategy():
    texts = {by_name(path): path.read_text() for path in CORE}
    named = {
        name: ({*words(ast.parse(text))} & {*STRATEGIES}) - TORCHS.get(name, set())
        for name, text in texts.items()
    }
    assert not {name: found for name, found in named.items() if found}
    assert not [name for name, text in texts.items() if "mcgan.reg" in text]


@pytest.mark.parametrize("path", MODULES, ids=by_name)
def test_a_strategy_names_no_other(path):
    others = {m.stem for m in MODULES} - {path.stem}
    tree = ast.parse(path.read_text())
    imported = {part.module or "" for part in ast.walk(tree) if isinstance(part, ast.ImportFrom)}
    assert not any(module.startswith("mcgan.reg") for module in imported)
    assert not set(words(tree)) & others


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_strategy_is_a_module_a_yaml_and_a_test(strategy):
    text = (conf_dir() / "reg" / f"{strategy}.yaml").read_text()
    package, header = text.splitlines()[:2]
    assert package == f"# @package reg.{strategy}"
    assert re.search(r"^# .+\(.*\b(19|20)\d\d\b.*\)$", header), "no paper and year"
    module = SOURCE / "reg" / f"{target(strategy).split('.')[2]}.py"
    assert module in MODULES
    assert re.search(r"\b(19|20)\d\d\b", module.read_text().split('"""')[1]), "no paper and year"
    assert (TESTS / "reg" / f"test_{strategy}.py").is_file()


def test_every_strategy_module_has_a_yaml():
    assert {module.stem for module in MODULES} == {target(s).split(".")[2] for s in STRATEGIES}


def test_no_class_name_twice():
    trees = [ast.parse(path.read_text()) for path in SOURCE.rglob("*.py")]
    names = [part.name for tree in trees for part in tree.body if isinstance(part, ast.ClassDef)]
    assert not {name for name, count in Counter(names).items() if count > 1}


CHANGERS = [path for room in ("blocks", "reg") for path in sorted((SOURCE / room).glob("*.py"))]


@pytest.mark.parametrize("path", CHANGERS, ids=by_name)
def test_a_critics_parts_are_changed_by_its_methods(path):
    """A wrapped critic would not notice that somebody assigns its trunk."""
    assigned = [
        target
        for part in ast.walk(ast.parse(path.read_text()))
        if isinstance(part, ast.Assign)
        for target in part.targets
    ]
    parts = {"trunk", "neck", "head", "forward"}
    assert not [t for t in assigned if isinstance(t, ast.Attribute) and t.attr in parts]
