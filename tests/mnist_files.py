"""Real MNIST is no part of the repository: tests that need it are left out where it is missing."""

import pytest

from mcgan.system.places import data_folder

MISSING = "no MNIST files"  # as the refusal begins
TO_DO = f"{MISSING}: set MCGAN_DATA to the folder that holds MNIST/raw"
RAW = data_folder(None) / "MNIST" / "raw"
needs_mnist = pytest.mark.skipif(not (RAW / "train-images-idx3-ubyte").exists(), reason=TO_DO)
