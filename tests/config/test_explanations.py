"""Every setting of a strategy says what it is."""

import pytest

from mcgan.cli.options import groups
from mcgan.config.option_file import option_file, rows

STRATEGIES = [option.name for option in groups()["reg"] if option.name != "none"]


@pytest.mark.parametrize("name", STRATEGIES)
def test_every_setting_has_an_explanation(name):
    text = option_file("reg", name).read_text(encoding="utf-8")
    assert not [row.name for row in rows(text, "reg", name) if not row.explanation]
