"""The README's picture: samples of a collapsed run beside those of one that covers its modes.

    mcgan train experiment=collapse name=collapse
    mcgan train objective=wgan_gp reg=minibatch name=first
    python scripts/collapse_picture.py runs/collapse runs/first
"""

import argparse
from pathlib import Path

import torch

import mcgan
from mcgan.engine.draws import stream
from mcgan.experiment.trained import Trained
from mcgan.metrics.evaluate import evaluate
from mcgan.view.figures.evaluation import mode_counts, phrase
from mcgan.view.figures.scatter import samples_over_density
from mcgan.view.figures.style import png
from mcgan.view.tensorboard.hparams import settings_of

OUT = Path(__file__).resolve().parents[1] / "docs" / "pictures" / "collapse.png"
SAMPLES = 10_000  # measured; a panel draws the first 2,000


def picture(runs: list[Trained], replica: int) -> bytes:
    """One panel per run, all on the data of the first, as a PNG. Vector data only."""
    dataset, protocol = runs[0].parts.dataset, runs[0].parts.protocol
    if any(run.parts.config["dataset"] != runs[0].parts.config["dataset"] for run in runs):
        raise SystemExit("the runs were trained on different data")
    samples = [run.draw(SAMPLES, replica, stream(0, "picture")) for run in runs]
    scores = [evaluate(x, dataset, protocol) for x in samples]
    names = [f"{composed(run, replica)}\n{phrase(s, dataset)}"
             for run, s in zip(runs, scores, strict=True)]
    figure = samples_over_density(
        torch.stack(samples), dataset, torch.stack([mode_counts(x, dataset) for x in samples]),
        names=names,
    )
    return png(figure)


def composed(run: Trained, replica: int) -> str:
    """`Minimax, seed 0, 10,000 steps`"""
    chosen = settings_of(run.parts.config, run.run.status().get("choices") or {})
    reg = "" if chosen["reg"] == "none" else f" + {chosen['reg']}"
    return f"{chosen['objective']}{reg}, seed {run.parts.seeds[replica]}, {run.step:,} steps"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("runs", nargs=2, metavar="RUN", help="folder of a trained run")
    parser.add_argument("--replica", type=int, default=0, help="drawn of both (default: 0)")
    parser.add_argument("--out", type=Path, default=OUT)
    args = parser.parse_args()
    args.out.write_bytes(picture([mcgan.load(run) for run in args.runs], args.replica))
    print(args.out)


if __name__ == "__main__":
    main()
