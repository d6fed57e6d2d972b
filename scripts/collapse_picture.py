"""The README's picture: samples of a collapsed run beside those of one that covers its modes.

mcgan train experiment=collapse replicas=1 name=collapse
mcgan train objective=wgan_gp reg=minibatch name=first
python scripts/collapse_picture.py runs/collapse runs/first
"""

import argparse
from pathlib import Path

import torch
import yaml

import mcgan
from mcgan.compare.names import is_told
from mcgan.config.build import build
from mcgan.dataset.data_units import net_units
from mcgan.metrics.evaluate import evaluate
from mcgan.metrics.protocol import Protocol
from mcgan.run.directory import RunDirectory
from mcgan.view.figures.evaluation import mode_counts, phrase
from mcgan.view.figures.scatter import samples_over_density
from mcgan.view.figures.style import png

OUT = Path(__file__).resolve().parents[1] / "docs" / "pictures" / "collapse.png"
SAMPLES = 10_000  # measured; a panel draws the first 2,000


def picture(runs: list[mcgan.TrainedRun], replica: int) -> bytes:
    """One panel per run, all on the data of the first, as a PNG. Vector data only."""
    configs = [RunDirectory(run.folder).config() for run in runs]
    if any(config["dataset"] != configs[0]["dataset"] for config in configs):
        raise SystemExit("the runs were trained on different data")
    dataset = runs[0].dataset
    protocol = build(configs[0]["protocol"], Protocol, "protocol")
    samples = [net_units(run.sample(SAMPLES, replica), dataset) for run in runs]
    names = [
        f"{command(run, replica)} · {phrase(evaluate(x, dataset, protocol), dataset)}"
        for run, x in zip(runs, samples, strict=True)
    ]
    figure = samples_over_density(
        torch.stack(samples),
        dataset,
        torch.stack([mode_counts(x, dataset) for x in samples]),
        names=names,
    )
    return png(figure)


def command(run: mcgan.TrainedRun, replica: int) -> str:
    """`mcgan train experiment=collapse`, and below it `seed 0, 10,000 steps`"""
    typed = yaml.safe_load((run.folder / ".hydra" / "overrides.yaml").read_text("utf-8"))
    words = " ".join(["mcgan train", *filter(is_told, typed)])
    return f"{words}\nseed {run.seeds[replica]}, {run.step:,} steps"


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
