"""What makes a run the same: later settings at what older runs did change nothing."""

import pytest

from mcgan.config.compose import compose
from mcgan.run.existing import difference, identity


@pytest.mark.parametrize(("group", "key", "other"), [
    ("arch", "norm", "batch"), ("arch", "critic_activation", "maxout"),
    ("objective", "generator_steps", 2),
])  # fmt: skip
def test_a_run_of_before_a_setting_is_the_same_run(group, key, other):
    config = compose("name=x").config
    before = config | {group: {k: v for k, v in config[group].items() if k != key}}
    assert difference(identity(before), identity(config)) == ""
    changed = config | {group: config[group] | {key: other}}
    assert key in difference(identity(before), identity(changed))
