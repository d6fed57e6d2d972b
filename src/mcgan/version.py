"""The version, in a file of its own so that nobody imports the package to read it."""

import time

__version__ = "0.2.0"
BEGUN = time.time()  # when this process loaded mcgan, which is before all its other files
