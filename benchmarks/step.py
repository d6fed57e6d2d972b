"""mcgan's step against an idiomatic PyTorch loop: same nets, batch, data, optimiser, precision.

    python benchmarks/step.py [--rounds 7] [--threads 1]

Both sides draw their data and latents, train D once and G once with the non-saturating loss and
fused Adam, on the ring. They take turns in one process, so that the machine's moods hit both; the
figures are medians over the rounds, and ratios are taken within a round.
"""

import argparse
import json
import math
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from mcgan.arch.mlp import MLP
from mcgan.game import Game
from mcgan.objective import NonSaturating
from mcgan.optim import Adam
from mcgan.trainer import Trainer

Step = Callable[[], object]
LATENT = 16


def ring(n: int, generator: torch.Generator) -> Tensor:
    angle = torch.randint(8, (n,), generator=generator) * (math.tau / 8)
    noise = 0.01 * torch.randn(n, 2, generator=generator)
    return torch.stack([angle.cos(), angle.sin()], dim=1) + noise


def net(inputs: int, width: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(inputs, width), nn.LeakyReLU(0.2),
                         nn.Linear(width, width), nn.LeakyReLU(0.2), nn.Linear(width, outputs))


def idiomatic(width: int, batch: int) -> Step:
    """The loop of the tutorials, with the fused optimiser."""
    torch.manual_seed(0)
    g, d = net(LATENT, width, 2), net(2, width, 1)
    g_adam = torch.optim.Adam(g.parameters(), 2e-4, (0.5, 0.999), fused=True)
    d_adam = torch.optim.Adam(d.parameters(), 2e-4, (0.5, 0.999), fused=True)
    generator = torch.Generator().manual_seed(0)

    def step() -> None:
        real, z = ring(batch, generator), torch.randn(batch, LATENT, generator=generator)
        d_adam.zero_grad()
        (softplus(-d(real)).mean() + softplus(d(g(z).detach())).mean()).backward()
        d_adam.step()
        z = torch.randn(batch, LATENT, generator=generator)
        g_adam.zero_grad()
        softplus(-d(g(z))).mean().backward()
        g_adam.step()

    return step


def ours(width: int, batch: int, replicas: int, compiled: bool) -> Step:
    arch = MLP(latent=LATENT, width=width)

    def build(seed: int) -> Game:
        torch.manual_seed(seed)
        return Game(arch, NonSaturating(), {}, (2,), batch, 10**6)

    return Trainer(build, ring, Adam(), list(range(replicas)), compiled=compiled).step


def milliseconds(step: Step, seconds: float) -> float:
    """Of one step, over about ``seconds``."""
    begin, count = time.perf_counter(), 0
    while time.perf_counter() - begin < seconds:
        for _ in range(16):
            step()
        count += 16
    return (time.perf_counter() - begin) / count * 1e3


def compare(width: int, batch: int, rounds: int, seconds: float) -> dict[str, object]:
    """Each contender's step time per replica, and its ratio to the loop's in the same round."""
    sides: dict[str, tuple[Step, int]] = {
        "idiomatic loop": (idiomatic(width, batch), 1),
        "eager": (ours(width, batch, 1, False), 1),
        "compiled": (ours(width, batch, 1, True), 1),
        "compiled, 16 replicas": (ours(width, batch, 16, True), 16),
    }
    for step, _ in sides.values():
        milliseconds(step, seconds)  # warm
    rows = [{name: milliseconds(step, seconds) / n for name, (step, n) in sides.items()}
            for _ in range(rounds)]
    return {name: spread([row[name] for row in rows],
                         [row[name] / row["idiomatic loop"] for row in rows]) for name in sides}


def spread(times: list[float], ratios: list[float]) -> dict[str, float]:
    return {"ms per replica": statistics.median(times), "ratio": statistics.median(ratios),
            "lowest": min(ratios), "highest": max(ratios)}


def help_seconds(rounds: int) -> float:
    """``mcgan --help`` as a process."""
    def once() -> float:
        begin = time.perf_counter()
        subprocess.run([sys.executable, "-m", "mcgan", "--help"], check=True, capture_output=True)
        return time.perf_counter() - begin

    return statistics.median(once() for _ in range(rounds))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=1.0, help="of each measurement")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", help="write the figures here too")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.set_flush_denormal(True)  # for the loop, too
    found: dict[str, object] = {}
    for width, batch in ((128, 256), (64, 64)):
        found[f"2x{width}, batch {batch}"] = compare(width, batch, args.rounds, args.seconds)
    for workload, sides in found.items():
        print(f"\n{workload}, {args.threads} thread(s): ms a step and replica, ratio to the loop")
        for name, s in sides.items():  # type: ignore[attr-defined]
            print(f"  {name:24}{s['ms per replica']:8.3f} ms {s['ratio']:7.2f} x"
                  f"   ({s['lowest']:.2f} to {s['highest']:.2f})")
    found["mcgan --help, seconds"] = help_seconds(args.rounds)
    print(f"\nmcgan --help: {found['mcgan --help, seconds']:.3f} s")
    if args.json:
        with open(args.json, "w") as file:
            json.dump(found, file, indent=1)


if __name__ == "__main__":
    main()
