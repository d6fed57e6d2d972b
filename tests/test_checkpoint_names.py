"""The tensors of checkpoints keep their names, so that runs of earlier versions go on.

The optimiser's state lies in the order of the parameters, which is therefore stored too.
``python tests/test_checkpoint_names.py`` writes the file anew, which is a decision: it says that
old checkpoints no longer load.
"""

import json
from pathlib import Path

import pytest

from small import parts

FILE = Path(__file__).with_name("checkpoint_names.json")
CHAINS = (
    "ali",
    "ema",
    "ewc",
    "gradient_norm",
    "historical_averaging",
    "lookahead",
    "madgan",
    "mgan",
    "minibatch",
    "pac",
    "self_conditioned",
    "snapshots",
    "spectral_norm",
    "gradient_norm+dmgan_pl",
    "gradient_norm+pac",
    "mgan+ali+gradient_norm",
    "madgan+spectral_norm+minibatch",
    "pac+gradient_norm+ewc",
    "gman+mgan",
)


def names(chain: str) -> dict[str, list[str]]:
    """Parameters in their order, and buffers."""
    game = parts(*chain.split("+")).game(0)
    return {
        "parameters": [name for name, _ in game.named_parameters()],
        "buffers": sorted(name for name, _ in game.named_buffers()),
    }


@pytest.mark.parametrize("chain", CHAINS)
def test_the_names_are_those_stored(chain):
    assert names(chain) == json.loads(FILE.read_text())[chain]


if __name__ == "__main__":
    stored = [f"{json.dumps(chain)}: {json.dumps(names(chain))}" for chain in CHAINS]
    FILE.write_text("{\n" + ",\n".join(stored) + "\n}\n")
