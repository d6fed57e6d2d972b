"""Every public function has a runnable example, says its shape, and names its source."""

import doctest
import importlib
import inspect
import re

import pytest

from mcgan import functional

MODULES = ["augment", "diversity", "layers", "losses", "penalties", "weights"]
HELPERS = {
    "between_halves",
    "closeness",
    "cosines",
    "covariance",
    "ema_decay",
    "input_gradient",
    "kernel_distances",
    "kernel_spectrum",
    "log_softplus",
    "log_steps",
    "spectrum",
    "unit_rows",
}  # of no paper's own


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_run(module):
    found = doctest.testmod(importlib.import_module(f"mcgan.functional.{module}"))
    assert found.attempted and not found.failed


@pytest.mark.parametrize("name", functional.__all__)
def test_a_docstring_has_a_shape_a_source_and_an_example(name):
    text = inspect.getdoc(getattr(functional, name)) or ""
    before, example, _ = text.partition("\n>>> ")
    assert example
    assert re.search(r"\(\)|\((B|\d|F|K|out|N)\b[^)]*\)|of the shape of", before), "no shape"
    assert name in HELPERS or re.search(r"\b(19|20)\d\d\b", text), "no source"


def test_everything_public_is_exported():
    for module in MODULES:
        own = importlib.import_module(f"mcgan.functional.{module}")
        public = {
            name
            for name, each in vars(own).items()
            if inspect.isfunction(each)
            and each.__module__ == own.__name__
            and not name.startswith("_")
        }
        assert public <= {*functional.__all__}
