"""What tests of what may be judged share."""

from types import ModuleType

import pytest


@pytest.fixture
def pandas() -> ModuleType:
    """Imported where it is needed: it takes 65 MB of each process that collects the tests."""
    import pandas

    return pandas
