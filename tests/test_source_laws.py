"""What the source itself has to keep: no hidden randomness, and nobody names a strategy."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
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


Documented = ast.Module | ast.ClassDef | ast.FunctionDef
SENTENCE = re.compile(r"(?<=[.!?:;])\s|\n\n")
EXAMPLE = re.compile(r"^>>> .*?(?:\n\n|\Z)", re.M | re.S)
MESSAGES = re.compile(r"(Error|Refused|Warning|\.info|\.warning|\.error)$")
MOST_WORDS = 25  # of a sentence


@cache
def all_trees() -> dict[str, ast.Module]:
    """Every file of the source, parsed; who only collects tests reads none."""
    return {by_name(path): ast.parse(path.read_text()) for path in sorted(SOURCE.rglob("*.py"))}


@cache
def all_classes() -> dict[str, ast.ClassDef]:
    """Every class of the source by its name, of which there is one."""
    parts = (part for tree in all_trees().values() for part in ast.walk(tree))
    return {part.name: part for part in parts if isinstance(part, ast.ClassDef)}


def public_parts(part: ast.AST, name: str) -> Iterator[tuple[str, Documented]]:
    """A module, class or function, and the public ones in it, also below an `if`; not in calls."""
    if isinstance(part, Documented):
        yield name, part
    for inner in [*getattr(part, "body", ()), *getattr(part, "orelse", ())]:
        if isinstance(inner, ast.If):
            yield from public_parts(inner, name)
        elif isinstance(inner, ast.ClassDef) and not inner.name.startswith("_"):
            yield from public_parts(inner, f"{name}:{inner.name}")
        elif isinstance(inner, ast.FunctionDef) and not inner.name.startswith("_"):
            yield f"{name}:{inner.name}", inner


def bases(part: ast.ClassDef) -> Iterator[ast.ClassDef]:
    """The classes of ours that a class inherits from."""
    named = [all_classes().get(ast.unparse(base).partition("[")[0]) for base in part.bases]
    for base in named:
        if base is not None and base is not part:
            yield base
            yield from bases(base)


def is_told_by_a_base(name: str) -> bool:
    """Whether a method overrides one of ours that is documented."""
    owner, method = name.split(":")[-2:]
    return owner in all_classes() and any(
        isinstance(part, ast.FunctionDef) and part.name == method and ast.get_docstring(part)
        for base in bases(all_classes()[owner])
        for part in base.body
    )


def test_all_that_is_public_says_what_it_is():
    found = [each for name, tree in all_trees().items() for each in public_parts(tree, name)]
    assert len(found) > 1500
    silent = [name for name, part in found if not ast.get_docstring(part)]
    assert not [name for name in silent if ":" not in name or not is_told_by_a_base(name)]


def long_sentences(text: str) -> list[str]:
    """Those of a text; examples and tables, which have words apart, are left out."""
    found = SENTENCE.split(EXAMPLE.sub("", text))
    return [each for each in found if "  " not in each and len(each.split()) > MOST_WORDS]


def all_docstrings() -> Iterator[tuple[str, str]]:
    """Every docstring with its place. A strategy's class has formulas, and the law ends there."""
    for name, tree in all_trees().items():
        for part in ast.walk(tree):
            formulas = isinstance(part, ast.ClassDef) and name.startswith("reg/")
            if isinstance(part, Documented) and not formulas:
                text = ast.get_docstring(part) or ""
                yield f"{name}:{getattr(part, 'lineno', 1)}", text


def test_docstrings_are_short_sentences():
    assert not {place: long for place, text in all_docstrings() if (long := long_sentences(text))}
    assert long_sentences("Short. " + "word " * 26) and not long_sentences(">>> " + "word " * 26)


def spell(part: ast.AST) -> str:
    """A text in the code, each value within it as one word."""
    match part:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(spell(each) for each in parts)
        case ast.BinOp(left=left, right=right):
            return spell(left) + spell(right)
    return "x"


def test_messages_are_short_sentences():
    """Those of errors and of the log, which are read under pressure."""
    calls = [
        part
        for tree in all_trees().values()
        for part in ast.walk(tree)
        if isinstance(part, ast.Call) and part.args
    ]
    said = [spell(call.args[0]) for call in calls if MESSAGES.search(ast.unparse(call.func))]
    assert len(said) > 400
    assert not [found for text in said if (found := long_sentences(text))]


def test_a_part_without_a_docstring_is_found():
    tree = ast.parse(
        "if True:\n    def f(): ...\nclass A:\n    def g(self): ...\n    def _h(self): ..."
    )
    names = [name for name, part in public_parts(tree, "m") if not ast.get_docstring(part)]
    assert names == ["m", "m:f", "m:A", "m:A:g"]
    assert is_told_by_a_base("optim.py:Adam:apply") and not is_told_by_a_base("optim.py:Optim:of")
