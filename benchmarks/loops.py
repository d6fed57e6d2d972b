"""The idiomatic PyTorch loop: two modules, two fused Adams, ``backward``; plain or compiled."""

from __future__ import annotations

from contextlib import suppress

import torch
from data import source
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn.functional import softplus
from workloads import BETAS, DIMS, KERNELS, LR, PENALTY, UNROLL_LR, Workload


class Loop:
    """The loop of the tutorials. ``notes``: what of it could not be compiled, and why."""

    def __init__(self, work: Workload, compiled: bool = False, device: str = "cpu") -> None:
        torch.manual_seed(0)
        self.work, self.notes = work, {}
        nets = (convolutional if work.image else dense)(work)
        self.g, self.d = (net.to(device) for net in nets)
        on_gpu = device == "cuda"  # then the steps count there, so that a graph can hold them
        self.g_adam, self.d_adam = (
            torch.optim.Adam(net.parameters(), LR, BETAS, fused=True, capturable=on_gpu)
            for net in (self.g, self.d)
        )
        self.generator = torch.Generator(device).manual_seed(0)
        self.draw = source(work)
        if compiled:
            self._compile()

    def step(self) -> None:
        """The critic's turns, then one of the generator."""
        for _ in range(self.work.critic_steps):
            self.critic_turn(*self.drawn())
        self.generator_turn(*self.drawn()[:2])

    def drawn(self) -> tuple[Tensor, Tensor, Tensor]:
        """Real data, latents and, for the penalty, where between real and fake."""
        work, random, place = self.work, self.generator, self.generator.device
        z = torch.randn(work.batch, work.latent, generator=random, device=place)
        eps = (
            torch.rand(work.batch, 1, generator=random, device=place) if work.penalty else z[:, :1]
        )
        return self.draw(work.batch, random), z, eps

    def critic_turn(self, real: Tensor, z: Tensor, eps: Tensor) -> None:
        fake, between = self.fakes(real, z, eps)
        self.d_adam.zero_grad()
        self.d_loss(real, fake, between.requires_grad_(self.work.penalty)).backward()
        self.d_adam.step()

    def generator_turn(self, real: Tensor, z: Tensor) -> None:
        self.g_adam.zero_grad()
        self.g_loss(real, z).backward()
        self.g_adam.step()

    @torch.no_grad()
    def fakes(self, real: Tensor, z: Tensor, eps: Tensor) -> tuple[Tensor, Tensor]:
        """Generated examples and, for the penalty, points between them and the real ones."""
        fake = self.g(z)
        return fake, torch.lerp(fake, real, eps) if self.work.penalty else real

    def d_loss(self, real: Tensor, fake: Tensor, between: Tensor) -> Tensor:
        if not self.work.penalty:
            return softplus(-self.d(real)).mean() + softplus(self.d(fake)).mean()
        (slope,) = torch.autograd.grad(self.d(between).sum(), between, create_graph=True)
        penalty = (slope.norm(dim=1) - 1).square().mean()
        return self.d(fake).mean() - self.d(real).mean() + PENALTY * penalty

    def g_loss(self, real: Tensor, z: Tensor) -> Tensor:
        if self.work.penalty:
            return -self.d(self.g(z)).mean()
        fake = self.g(z)
        return (
            self.unrolled_loss(real, fake) if self.work.unrolled else softplus(-self.d(fake)).mean()
        )

    def unrolled_loss(self, real: Tensor, fake: Tensor) -> Tensor:
        """G's loss before the critic as it will be; and how the fakes change that critic's loss."""
        params = dict(self.d.named_parameters())

        def judge(x: Tensor, params: dict[str, Tensor]) -> Tensor:
            return functional_call(self.d, params, (x,))

        def d_loss(fake: Tensor) -> Tensor:
            return softplus(-judge(real, params)).mean() + softplus(judge(fake, params)).mean()

        for _ in range(self.work.unrolled):
            grads = torch.autograd.grad(d_loss(fake), list(params.values()), create_graph=True)
            params = {n: p - UNROLL_LR * g for (n, p), g in zip(params.items(), grads, strict=True)}
        given = {name: tensor.detach() for name, tensor in params.items()}
        return softplus(-judge(fake, given)).mean() - d_loss(fake.detach())

    def _compile(self) -> None:
        """All but the draws, ``backward`` and the optimiser; a part that refuses stays as it is."""
        with suppress(AttributeError):  # of newer versions: gradients inside a loss
            torch._dynamo.config.trace_autograd_ops = True
        for part in ("fakes", "d_loss", "g_loss"):
            plain = getattr(self, part)
            setattr(self, part, torch.compile(plain, fullgraph=True))
            try:
                self.critic_turn(*self.drawn())
                self.generator_turn(*self.drawn()[:2])
            except Exception as error:  # whatever the compiler has to say
                setattr(self, part, plain)
                self.notes[part] = f"{type(error).__name__}: {first_sentence(str(error))}"


class GraphLoop:
    """The same loop with its whole step, draws as well, recorded as one CUDA graph."""

    def __init__(self, work: Workload) -> None:
        self.loop, self.notes = Loop(work, device="cuda"), {}
        aside = torch.cuda.Stream()
        aside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(aside):  # libraries and Adam's state are set up outside of the graph
            for _ in range(3):
                self.loop.step()
        torch.cuda.current_stream().wait_stream(aside)
        graph = torch.cuda.CUDAGraph()
        graph.register_generator_state(self.loop.generator)
        with torch.cuda.graph(graph):
            self.loop.step()
        self.step = graph.replay


def first_sentence(text: str) -> str:
    return text.strip().partition("\n")[0].partition(". ")[0][:160]


def dense(work: Workload) -> tuple[nn.Module, nn.Module]:
    """Generator and critic for vectors."""
    (size,) = work.shape
    g = nn.Sequential(*hidden(work.latent, work.width), nn.Linear(work.width, size))
    if work.minibatch:
        return g, MinibatchCritic(size, work.width)
    head = nn.Linear(work.width, 1)
    return g, nn.Sequential(*hidden(size, work.width), head, nn.Flatten(0))


def hidden(inputs: int, width: int) -> list[nn.Module]:
    return [nn.Linear(inputs, width), nn.LeakyReLU(0.2), nn.Linear(width, width), nn.LeakyReLU(0.2)]


class Closeness(nn.Module):
    """How alike a batch is, with a learned scale of distances."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.log_scale = nn.Parameter(torch.zeros(KERNELS))
        self.project = nn.Linear(width, KERNELS * DIMS, bias=False)

    def forward(self, features: Tensor) -> Tensor:
        m = self.project(features).unflatten(1, (KERNELS, DIMS)) * self.log_scale.exp()[:, None]
        away = (m[:, None] - m[None]).abs().sum(3)  # (B, B, K)
        return (away.neg().exp().sum(1) - 1) / (len(m) - 1)  # but for itself


class MinibatchCritic(nn.Module):
    """Minibatch discrimination: the head sees closeness too."""

    def __init__(self, size: int, width: int) -> None:
        super().__init__()
        self.trunk = nn.Sequential(*hidden(size, width))
        self.closeness = Closeness(width)
        self.head = nn.Linear(width + KERNELS, 1)

    def forward(self, x: Tensor) -> Tensor:
        features = self.trunk(x)
        return self.head(torch.cat([features, self.closeness(features)], dim=1)).squeeze(1)


def convolutional(work: Workload) -> tuple[nn.Module, nn.Module]:
    """Generator and critic for pictures, in the memory layout that is fast on a CPU."""
    width, side = work.width, work.shape[1] // 4

    def up(a: int, b: int) -> nn.Module:
        return nn.ConvTranspose2d(a, b, 4, 2, 1)

    def down(a: int, b: int) -> nn.Module:
        return nn.Conv2d(a, b, 4, 2, 1)

    g = nn.Sequential(
        nn.Linear(work.latent, 4 * width * side**2),
        nn.Unflatten(1, (4 * width, side, side)),
        nn.ReLU(),
        up(4 * width, 2 * width),
        nn.ReLU(),
        up(2 * width, 3),
        nn.Tanh(),
    )
    d = nn.Sequential(
        down(3, width),
        nn.LeakyReLU(0.2),
        down(width, 2 * width),
        nn.LeakyReLU(0.2),
        down(2 * width, 4 * width),
        nn.LeakyReLU(0.2),
        nn.Flatten(),
        nn.Linear(4 * width * (side // 2) ** 2, 1),
        nn.Flatten(0),
    )
    return (net.to(memory_format=torch.channels_last) for net in (g, d))  # type: ignore[return-value]
