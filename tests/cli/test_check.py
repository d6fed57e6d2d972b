"""`mcgan check` on options of a user's own: which laws hold, and what breaks each of them."""

import os
import sys

import pytest

HEAD = """
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar
import torch
from mcgan.config.settings import AtLeast, Scheduled
from mcgan.gan.strategy import Strategy
from mcgan.objective import Objective
from mcgan.dataset.ring import Ring
from mcgan.types import Draw

@dataclass(eq=False, repr=False)
class Fog(Strategy):
    std: Annotated[Any, Scheduled, AtLeast(0)] = 0.1
    off: ClassVar[dict[str, Any]] = {"std": 0.0}

"""
GOOD = """
    def noise(self, batch, shape):
        return {"fog": Draw((batch, *shape), "normal")}

    def view(self, sample, moment):
        return sample._replace(x=sample.x + moment.now(self.std) * self.get_noise(moment, "fog"))
"""
YAML = "# @package reg.fog\n# Fog (Nobody 2001)\n_target_: own.Fog\nstd: 0.1\n"
BROKEN = {
    "its losses are finite": """
    def d_term(self, turn):
        return turn.on_real.score.mean() / 0
""",
    "its hooks write nothing": GOOD
    + """
    def setup(self, game, data):
        self.register_buffer("seen", torch.zeros(()))

    def d_term(self, turn):
        self.seen.add_(1)
""",
    "its hooks keep nothing": GOOD
    + """
    def d_term(self, turn):
        self.last = turn.on_real.score.detach()

    def after(self, player, tensors, report, grads):
        return {}
""",
    "std may be a schedule": """
    def d_term(self, turn):
        return self.std * turn.on_real.score.mean()
""",
    "the other player's weights stay": GOOD
    + """
    def after(self, player, tensors, report, grads):
        if player == "D":
            for name, tensor in tensors.items():
                if name.startswith("G."):
                    tensor.data.mul_(0.5)
        return {}
""",
    "the same seed gives the same bits": """
    def view(self, sample, moment):
        return sample._replace(x=sample.x + self.std * torch.randn(sample.x.shape))
""",
    "a replica is the solo run": """
    made: ClassVar[list] = []

    def setup(self, game, data):
        self.made.append(self)
        self.register_buffer("number", torch.tensor(1.0 * len(self.made)))

    def d_term(self, turn):
        return self.std * self.number * turn.on_real.score.mean()
""",
    "plain autograd is torch.func": """
    def d_term(self, turn):
        return self.std * turn.on_real.score.detach().requires_grad_().mean() * (
            1.0 if turn.on_real.score.requires_grad else 0.0) * turn.on_fake.score.mean()
""",
    "a checkpoint goes on bit for bit": """
    def setup(self, game, data):
        self.turns = 0

    def d_term(self, turn):
        self.turns += 1
        return self.std * self.turns * turn.on_real.score.mean()
""",
    "a lane with its own numbers is its solo run": """
    kept: ClassVar[dict] = {}

    def setup(self, game, data):
        self.kept["std"] = self.std

    def d_term(self, turn):
        return turn.moment.now(self.kept["std"]) * turn.on_real.score.mean()
""",
    "two processes train it as one, or it says why not": """
    def d_term(self, turn):
        return turn.moment.now(self.std) * turn.on_real.score.var()
""",
    "switched off it is absent": GOOD
    + """
    def g_term(self, turn):
        return turn.on_fake.score.mean()
""",
}


@pytest.fixture
def own(home):
    """Writes a module own.py, the YAML of its strategy Fog, and other YAMLs."""
    folder = home.parent / "options"

    def write(body, yaml=YAML, **others):
        (folder / "own.py").write_text(HEAD + body)
        (folder / "conf" / "reg" / "fog.yaml").write_text(yaml)
        for group, text in others.items():
            (folder / "conf" / group).mkdir(exist_ok=True)
            (folder / "conf" / group / "mine.yaml").write_text(text)

    yield write
    sys.modules.pop("own", None)


def failing(out: str) -> set[str]:
    return {
        line.split("FAILS")[1].split(":")[0].strip() for line in out.splitlines() if "FAILS" in line
    }


def test_a_good_strategy_keeps_all_laws(own, cli):
    own(GOOD)
    ended = cli("check", "reg=fog")
    assert ended.code == 0, ended.out + ended.err
    assert ended.out.startswith("reg=fog\n  holds  its settings are those of its YAML\n")
    assert ended.out.endswith("15 of 15 laws hold\n") and not failing(ended.out)


@pytest.mark.parametrize("law", BROKEN)
def test_a_strategy_that_breaks_a_law_is_told_which(own, cli, law):
    own(BROKEN[law])
    ended = cli("check", "reg=fog")
    assert ended.code == 1 and not ended.err
    assert law in failing(ended.out), ended.out


@pytest.mark.parametrize(
    ("yaml", "said"),
    [
        (YAML.replace("std:", "sdt:"), "the class has no sdt, which the YAML sets"),
        (YAML.replace("std: 0.1\n", ""), "the YAML does not give std"),
    ],
)
def test_a_yaml_that_is_not_its_classs(own, cli, yaml, said):
    own(GOOD, yaml)
    ended = cli("check", "reg=fog")
    assert ended.code == 1
    assert f"FAILS  its settings are those of its YAML: {said}" in ended.out
    assert ended.out.endswith("0 of 1 laws hold\n")


WRITES = {
    "after writes to reg.fog.seen in place": """
    def setup(self, game, data):
        self.register_buffer("seen", torch.zeros(()))

    def after(self, player, tensors, report, grads):
        tensors[self.key("seen")].add_(1)
        return {}
""",
    "d_term writes to on_real.score in place": """
    def d_term(self, turn):
        score = turn.on_real.score
        score += 0.1
""",
    "d_term writes to real.x in place": """
    def d_term(self, turn):
        turn.on_real
        turn.real.x.mul_(2)
""",
    "after sets self.seen: make it a buffer": """
    def setup(self, game, data):
        self.register_buffer("seen", torch.zeros(()))

    def after(self, player, tensors, report, grads):
        self.seen = self.seen + 1
        return {}
""",
}


@pytest.mark.parametrize("said", WRITES)
def test_a_hook_that_writes_is_named(own, cli, said):
    own(GOOD + WRITES[said])
    ended = cli("check", "reg=fog")
    assert ended.code == 1 and said in ended.out, ended.out


def test_an_error_is_told_once_with_its_line(own, cli):
    own("    def d_term(self, turn):\n        return turn.nothing\n")
    ended = cli("check", "reg=fog")
    [line] = [line for line in ended.out.splitlines() if "FAILS" in line]
    assert ended.code == 1 and ended.out.endswith("2 of 3 laws hold\n")
    assert line.startswith("  FAILS  it trains: own.py:") and " in d_term: AttributeError" in line


def test_a_yaml_says_what_it_is(own, cli):
    own(GOOD, YAML.replace("# Fog (Nobody 2001)\n", ""))
    assert failing(cli("check", "reg=fog").out) == {"its YAML says what it is"}


def hook(head: str, body: str) -> str:
    return f"    def {head}:\n        {body}\n"


AFTER = "after(self, player, tensors, report, grads)"
SEEN = hook("setup(self, game, data)", 'self.register_buffer("seen", torch.zeros(()))')
SENTENCES = [
    (
        hook("d_term(self, turn)", "return turn.on_real.score"),
        "reg.fog: d_term returns the shape (8,), and a term is one number: take .mean()",
    ),
    (hook("g_term(self, turn)", "return 1.0"), "reg.fog: g_term returns a float, and a term is"),
    (hook(AFTER, "pass"), "reg.fog: after returns None, and wants a dict"),
    (
        SEEN + hook(AFTER, 'return {"seen": tensors[self.key("seen")]}'),
        "reg.fog: after returns 'seen', but there is no tensor of that name: use self.key('seen')",
    ),
    (hook(AFTER, 'return {self.key("seen"): torch.zeros(())}'), "make it in setup by register_buf"),
    (
        SEEN + hook(AFTER, 'return {self.key("seen"): torch.zeros(3)}'),
        "after returns the shape (3,) for 'reg.fog.seen', which has the shape ()",
    ),
    (
        GOOD.replace('moment, "fog"', 'moment, "fgo"'),
        "reg.fog: get_noise asks for 'fgo'; noise declares: fog",
    ),
    (GOOD.replace('"normal"', '"gaussian"'), "a Draw is uniform or normal, not 'gaussian'"),
    (
        hook("noise(self, batch, shape)", 'return {"fog": torch.zeros(batch)}'),
        "reg.fog: noise gives the shape (8,) for 'fog', and wants a Draw",
    ),
    (hook("d_terms(self, turn)", "return None"), "Fog: d_terms is no hook; did you mean d_term?"),
    (hook("__post_init__(self)", "pass"), "must begin with super().__post_init__()"),
]


@pytest.mark.parametrize(("body", "said"), SENTENCES)
def test_what_a_hook_returns_wrongly_is_one_sentence(own, cli, body, said):
    own(body)
    ended = cli("check", "reg=fog")
    assert ended.code == 2 and said in ended.err and ended.err.count("\n") == 1, ended


@pytest.mark.parametrize(
    ("decorator", "said"),
    [
        ("", "Mist declares no settings of its own: put @dataclass(eq=False, repr=False) above it"),
        ("@dataclass", "Mist cannot be told from its equals: put @dataclass(eq=False, repr=False)"),
    ],
)
def test_a_class_without_its_decorator_says_so(own, cli, decorator, said):
    own(
        GOOD + f"\n{decorator}\nclass Mist(Strategy):\n    std: float = 0.1\n",
        YAML.replace("own.Fog", "own.Mist"),
    )
    ended = cli("check", "reg=fog")
    assert ended.code == 2 and said in ended.err and ended.err.count("\n") == 1


def test_a_yaml_without_its_class_says_so(own, cli):
    own(GOOD, YAML.replace("_target_: own.Fog\n", ""))
    ended = cli("check", "reg=fog")
    assert ended.code == 2 and "reg.fog has no _target_, the class to build" in ended.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["reg=fog", "reg.fog.std=-1"], "reg.fog: std must be at least 0, not -1"),
        (["reg=fgo"], "no reg named 'fgo'; did you mean 'fog'?"),
        (["reg=none"], "reg=none is no strategy at all, there is nothing to check: give reg=NAME"),
        (
            ["reg=mine.yaml"],
            "'reg=mine.yaml' names no option: NAME is that of a YAML in a folder reg/",
        ),
        (["dataset=my/data"], "'dataset=my/data' names no option: NAME is that of a YAML"),
        (["optim=adam"], "'optim=adam' cannot be checked: give reg=NAME"),
        (["reg=jitter"], "cannot import 'mine.Jitter'"),
        (["reg=fog", "--config-dir", "nowhere"], "--config-dir: there is no folder nowhere"),
        ([], "there is nothing to check: give reg=NAME, objective=NAME or dataset=NAME"),
        (["--pairs"], "there is nothing to check"),
    ],
)
def test_a_mistake_is_one_sentence(own, cli, words, said):
    own(GOOD)
    ended = cli("check", *words)
    assert ended.code == 2 and not ended.out
    assert ended.err.startswith("mcgan check: ") and said in ended.err
    assert ended.err.count("\n") == 1


ABSTRACT = """
from mcgan import ModalDataset

@dataclass(eq=False)
class Half(ModalDataset):
    def draw(self, n, generator): return torch.zeros(n, 2)
"""


SET = "self.shape, self.num_modes, self.weights = (2,), 1, torch.ones(1)\n"


@pytest.mark.parametrize("verb", ["check", "train"])
@pytest.mark.parametrize("name", ["shape", "num_modes", "weights"])
def test_a_member_that_a_dataset_does_not_set_is_named(own, cli, home, verb, name):
    own(
        GOOD
        + ABSTRACT
        + "    def recognise(self, x): ...\n    def prepare(self):\n        "
        + SET
        + f"        del self.{name}\n",
        dataset="# Mine\n_target_: own.Half\n",
    )
    ended = cli(verb, "dataset=mine")
    assert ended.code == 2 and f": dataset: Half sets no {name}: set self.{name}, " in ended.err
    assert ended.err.count("\n") == 1 and not [*home.iterdir()]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            "    def view(self, sample, moment)\n",
            "importing 'own' failed: SyntaxError: expected ':' (own.py, line 16)",
        ),
        (
            "    std = torch.nothing\n",
            "importing 'own' failed: AttributeError: module 'torch' has no "
            "attribute 'nothing' (own.py, line 16)",
        ),
        ("    sizes: list = []\n", "failed: ValueError: mutable default <class 'list'>"),
        ("    pass\nimport nowhere\n", "cannot import 'own.Half' (No module named 'nowhere')"),
        (GOOD + ABSTRACT, "mcgan {}: dataset: own.Half does not implement recognise"),
    ],
)
@pytest.mark.parametrize("verb", ["check", "train"])
def test_a_class_that_cannot_be_made_is_one_sentence(own, cli, home, verb, body, said):
    own(body, dataset="# Mine\n_target_: own.Half\n")
    ended = cli(verb, "dataset=mine")
    assert ended.code == 2 and not ended.out
    assert ended.err.startswith(f"mcgan {verb}: dataset") and said.format(verb) in ended.err
    assert ended.err.count("\n") == 1 and not list(home.rglob("*"))


@pytest.mark.parametrize(
    ("words", "by_flag"), [(["check", "reg=fog"], False), (["train", "reg=[ema,fog]"], True)]
)
def test_a_yaml_without_its_package_is_named(own, cli, home, monkeypatch, words, by_flag):
    own(GOOD, YAML.removeprefix("# @package reg.fog\n"))
    folder = home.parent / "options" / "conf"
    if by_flag:
        monkeypatch.delenv("MCGAN_CONF")
        words = [*words, "--config-dir", str(folder)]
    ended = cli(*words)
    assert ended.code == 2 and ended.err.count("\n") == 1 and not [*home.iterdir()]
    assert (
        f"{folder}/reg/fog.yaml does not say where its settings go: let it begin with the "
        "line '# @package reg.fog'" in ended.err
    )


def test_an_objective_of_ones_own(own, cli):
    text = "# @package objective\n# Mine\n_target_: own.Mine\ncritic_steps: 1\n"
    body = """

class Mine(Objective):
    def d_loss(self, r, f): return {d}
    def g_loss(self, r, f): return -f
"""
    own(GOOD + body.format(d="f - r"), objective=text)
    ended = cli("check", "objective=mine")
    assert ended.code == 0 and ended.out.endswith("9 of 9 laws hold\n"), ended.out
    sys.modules.pop("own")
    own(GOOD + body.format(d="(f - r).mean()"), objective=text)
    ended = cli("check", "objective=mine")
    assert ended.code == 1
    assert "D's loss of 7 scores has the shape (), not (7,)" in ended.out


def test_a_dataset_of_ones_own_from_a_folder_of_yamls(own, cli, home, monkeypatch):
    own(
        GOOD
        + """

@dataclass(eq=False)
class Twice(Ring):
    def draw(self, n, generator): return 2 * super().draw(n, generator)
""",
        dataset="# Mine\n_target_: own.Twice\n",
    )
    monkeypatch.delenv("MCGAN_CONF")
    ended = cli("check", "dataset=mine", "--config-dir", str(home.parent / "options" / "conf"))
    assert ended.code == 1 and "vectors have unit spread" in failing(ended.out)
    assert "MCGAN_CONF" not in os.environ


def test_pairs_are_checked_when_asked_for(own, cli, monkeypatch):
    from mcgan.cli import check

    own(GOOD)
    monkeypatch.setattr(check, "list_options", lambda group: ["fog", "none", "pac", "replay"])
    ended = cli("check", "reg=fog", "--pairs")
    assert ended.code == 0 and ended.out.endswith("17 of 17 laws hold\n")
    assert "  holds  it composes with pac, or says why not\n" in ended.out
    sys.modules.pop("own")
    own(
        GOOD
        + """
    def setup(self, game, data):
        if len(game.reg) > 1:
            raise KeyError("alone")
"""
    )
    ended = cli("check", "reg=fog", "--pairs")
    assert ended.code == 1 and len(failing(ended.out)) == 2


@pytest.mark.parametrize("verb", ["check", "train"])
def test_a_missing_folder_of_yamls_is_named(cli, monkeypatch, verb):
    monkeypatch.setenv("MCGAN_CONF", os.pathsep.join(["", "no/where"]))
    ended = cli(verb, "dataset=ring")
    assert ended.code == 2
    assert ended.err.startswith(f"mcgan {verb}: MCGAN_CONF names no/where, and there is no such")


def test_help(cli):
    ended = cli("check", "--help")
    assert ended.code == 0 and "usage: mcgan check" in ended.out and "--pairs" in ended.out
