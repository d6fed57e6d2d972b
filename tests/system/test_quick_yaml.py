"""libyaml reads what PyYAML reads."""

import pytest
import yaml

from mcgan.config.paths import conf_dir
from mcgan.system.quick_yaml import Loader, YAMLError, read_yaml

TEXT = """
number: 1e-4
steps: 1_000
word: "0012"
none: null
name: Käse · ∅
list: [1, 2.5, yes]
deep: {a: &here {b: .inf}, c: *here}
"""


def test_the_values_are_those_of_pyyaml() -> None:
    texts = [file.read_text(encoding="utf-8") for file in conf_dir().rglob("*.yaml")]
    assert len(texts) > 50
    for text in (TEXT, "", *texts):
        assert read_yaml(text) == yaml.safe_load(text)


@pytest.mark.parametrize("text", ["a: [1", "a: b: c", "\ta: 1", "!!python/object:os.system {}"])
def test_what_is_no_plain_yaml_is_an_error(text: str) -> None:
    with pytest.raises(YAMLError):
        read_yaml(text)


@pytest.mark.skipif(not yaml.__with_libyaml__, reason="this PyYAML has no libyaml")
def test_libyaml_reads_where_it_is() -> None:
    assert issubclass(Loader, yaml.CSafeLoader)
