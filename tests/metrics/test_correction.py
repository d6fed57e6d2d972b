"""Corrected p-values, worked out by hand."""

import numpy as np
import pytest

from mcgan.metrics.correction import holm


def test_holm_multiplies_and_keeps_the_order():
    assert holm(np.array([0.01, 0.04, 0.03, 0.9])) == pytest.approx([0.04, 0.09, 0.09, 0.9])
