import shlex

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser

from mcgan.config.compose import compose
from mcgan.config.words import check_words, quote_word
from mcgan.errors import UserError

PATHS = ["中文 图/数据集=1", "my pictures (1)/a=b", "it's", 'a "b"', r"C:\new\pictures", "end\\",
         r'a\"b', "x#1", "a,b", "[old]", "{a}", "~/Bilder/Käse", "a&b;c",
         "  two  blanks "]  # fmt: skip


def read(word):
    [override] = OverridesParser.create().parse_overrides([word])
    assert not override.is_sweep_override()
    return override.key_or_group, override.value()


@pytest.mark.parametrize("path", [*PATHS, "data/pets", "/a/b-c_d.e+f"])
def test_a_quoted_word_is_read_as_the_text(path):
    assert read(quote_word("dataset.root", path)) == ("dataset.root", path)


@pytest.mark.parametrize(
    "path",
    ["中文 图/数据集=1", "my pictures (1)/a=b", "it's", 'a "b"', "x#1", "~/Bilder/Käse", "a&b;c"],
)
def test_what_cannot_be_read_is_told_as_it_must_be_typed(path):
    """The words that the sentence ends with work when they are pasted into a shell."""
    with pytest.raises(UserError, match=r"^cannot read ") as error:
        compose("dataset=folder", f"dataset.root={path}")
    assert "Lexer" not in str(error.value) and "<EOF>" not in str(error.value)
    [typed] = shlex.split(str(error.value).partition(", type ")[2])
    assert read(typed) == ("dataset.root", path)
    assert compose("dataset=folder", typed, "name=x").config["dataset"]["root"] == path


def test_a_text_with_commas_is_told_how_it_is_typed():
    with pytest.raises(UserError, match=r"""a text '[^']*dataset\.root="a,b"'$"""):
        compose("dataset=folder", "dataset.root=a,b")


def test_the_path_of_the_report_is_such_a_word():
    with pytest.raises(UserError) as error:
        compose("dataset=folder", "dataset.root=中文 图/数据集=1")
    assert str(error.value).endswith("""type 'dataset.root="中文 图/数据集=1"'""")


@pytest.mark.parametrize("word", ["seed=[", "seed=range(1,", "a b=c", "reg={a", 'name="x'])
def test_what_is_no_text_gets_no_such_advice(word):
    with pytest.raises(UserError, match=r"^cannot read ") as error:
        compose(word)
    assert ", type " not in str(error.value)


@pytest.mark.parametrize(
    ("name", "read_as"), [("1e3", "1000.0"), ("true", "True"), ("null", "None")]
)
def test_a_name_that_would_be_read_as_something_else_is_refused(name, read_as):
    with pytest.raises(UserError, match=f"name={name} would be read as {read_as}: add a letter"):
        compose(f"name={name}")


def test_so_are_such_names_of_a_sweep():
    with pytest.raises(UserError, match=r"^name=a,1e3 would be read as 1000\.0: add a letter"):
        check_words(["name=a,1e3"])
    check_words(["name=a,1.5, 7"])


def test_a_name_is_left_out_rather_than_deleted():
    with pytest.raises(UserError, match=r"^~name: leave this word out, and the run names itself$"):
        compose("~name")


@pytest.mark.parametrize("name", ["7", "1.5", "12e5x", "study/1"])
def test_other_names_are_as_they_are_typed(name):
    assert compose(f"name={name}").config["name"] == name
