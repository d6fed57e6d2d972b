"""Penalties on the gradient of a critic's scores in its input.

A ``critic`` is any callable from examples x (B, *S) to scores (B,) or (B, 1). Each penalty is a
scalar () to add to the critic's loss, differentiable in the critic's weights. Each is a formula on
the gradient (``squared_norm``, ``norm_penalty``) at certain points; where you have the gradient
already, call the formula. A batch norm in the critic makes all of them wrong: the gradient of an
example then goes through the others.
"""

from collections.abc import Callable

import torch
from torch import Generator, Tensor
from torch.nn.functional import relu

from mcgan.functional._draw import draw

Scores = Callable[[Tensor], Tensor]  # x (B, *S) -> scores (B,) or (B, 1)


def input_gradient(critic: Scores, x: Tensor) -> Tensor:
    """The gradient of the summed scores at x (B, *S), a row for each score: (B, prod S).

    It can be differentiated again. Where a score depends on other examples of the batch, cross
    terms are included; a critic of packs has fewer rows than examples.

    >>> input_gradient(lambda x: x.square().sum(1), torch.tensor([[1.0, 2.0]])).detach()
    tensor([[2., 4.]])
    """
    x = x.detach().requires_grad_()
    with torch.enable_grad():
        score = critic(x)
        (gradient,) = torch.autograd.grad(score.sum(), x, create_graph=True)
    return gradient.reshape(len(score), -1)


def squared_norm(gradient: Tensor, gamma: float | Tensor = 1.0) -> Tensor:
    """gamma / 2 * E |gradient|^2, (), of gradients (B, F): the formula of R1 and R2.

    Mescheder et al. 2018, eq. 9.

    >>> squared_norm(torch.tensor([[3.0, 4.0]]), gamma=2.0)
    tensor(25.)
    """
    return gamma / 2 * (gradient**2).sum(1).mean()


def probability_gradient(gradient: Tensor, score: Tensor) -> Tensor:
    """The gradients (B, F) of D = sigmoid(score), by those of the scores (B,): D (1 - D) times.

    Thanh-Tung et al. 2019 penalise them.

    >>> probability_gradient(torch.tensor([[4.0, 8.0]]), torch.tensor([0.0]))
    tensor([[1., 2.]])
    """
    probability = torch.sigmoid(score).reshape(-1, 1)
    return probability * (1 - probability) * gradient


def norm_penalty(
    gradient: Tensor,
    weight: float | Tensor = 10.0,
    centre: float = 1.0,
    power: float = 2.0,
    one_sided: bool = False,
) -> Tensor:
    """weight * E ||gradient| - centre|^power, (), of gradients (B, F).

    With ``one_sided`` norms below ``centre`` cost nothing. Gulrajani et al. 2017, eq. 3.

    >>> norm_penalty(torch.tensor([[3.0, 4.0]]), weight=1.0)
    tensor(16.)
    """
    excess = torch.linalg.vector_norm(gradient, dim=1) - centre
    counted = relu(excess) if one_sided else excess.abs()
    return weight * (counted**power).mean()


def r1(critic: Scores, real: Tensor, gamma: float | Tensor = 1.0) -> Tensor:
    """gamma / 2 * E |grad D(x)|^2, (), at real examples (B, *S).

    Mescheder et al. 2018, eq. 9. The best gamma goes with the squared scale of the data.

    >>> r1(lambda x: 3 * x[:, 0], torch.randn(8, 2), gamma=2.0).item()
    9.0
    """
    return squared_norm(input_gradient(critic, real), gamma)


def r2(critic: Scores, fake: Tensor, gamma: float | Tensor = 1.0) -> Tensor:
    """gamma / 2 * E |grad D(G(z))|^2, (), at fakes (B, *S): ``r1`` on the other side.

    Mescheder et al. 2018, the twin of eq. 9.

    >>> r2(lambda x: 3 * x[:, 0], torch.randn(8, 2), gamma=2.0).item()
    9.0
    """
    return squared_norm(input_gradient(critic, fake), gamma)


def interpolate(
    real: Tensor, fake: Tensor, eps: Tensor | None = None, generator: Generator | None = None
) -> Tensor:
    """eps * real + (1 - eps) * fake, (B, *S), eps (B, 1, ...) in [0, 1), drawn where not given.

    Gulrajani et al. 2017, algorithm 1.

    >>> interpolate(torch.ones(1, 2), torch.zeros(1, 2), torch.tensor([[0.25]]))
    tensor([[0.2500, 0.2500]])
    """
    if eps is None:
        eps = draw((len(real), *(1,) * (real.dim() - 1)), real, generator)
    return torch.lerp(fake, real, eps)


def gradient_penalty(
    critic: Scores,
    real: Tensor,
    fake: Tensor,
    eps: Tensor | None = None,
    *,
    weight: float | Tensor = 10.0,
    centre: float = 1.0,
    power: float = 2.0,
    one_sided: bool = False,
    generator: Generator | None = None,
) -> Tensor:
    """weight * E ||grad D| - centre|^power, (), between real and fake examples (B, *S).

    The points are ``interpolate(real, fake, eps, generator)``. Gulrajani et al. 2017, eq. 3.

    >>> x, y = torch.randn(8, 2), torch.randn(8, 2)
    >>> gradient_penalty(lambda x: 3 * x[:, 0], x, y).item()
    40.0
    """
    x = interpolate(real, fake, eps, generator)
    return norm_penalty(input_gradient(critic, x), weight, centre, power, one_sided)


def lp(
    critic: Scores,
    real: Tensor,
    fake: Tensor,
    eps: Tensor | None = None,
    *,
    weight: float | Tensor = 10.0,
    generator: Generator | None = None,
) -> Tensor:
    """weight * E max(0, |grad D| - 1)^2, (), between real and fake examples (B, *S).

    Petzka et al. 2018 (WGAN-LP): a gradient below one is no fault.

    >>> lp(lambda x: x[:, 0] / 2, torch.randn(8, 2), torch.randn(8, 2)).item()
    0.0
    """
    return gradient_penalty(
        critic, real, fake, eps, weight=weight, one_sided=True, generator=generator
    )


def zero_gp(
    critic: Scores,
    real: Tensor,
    fake: Tensor,
    eps: Tensor | None = None,
    *,
    weight: float | Tensor = 10.0,
    generator: Generator | None = None,
) -> Tensor:
    """weight * E |grad D|^2, (), between real and fake examples (B, *S).

    In the paper D is the probability: give ``lambda x: critic(x).sigmoid()``. The weight goes with
    the squared scale of the data; the authors' have a deviation near 10. Thanh-Tung et al. 2019.

    >>> zero_gp(lambda x: 2 * x[:, 0], torch.randn(8, 2), torch.randn(8, 2)).item()
    40.0
    """
    return gradient_penalty(critic, real, fake, eps, weight=weight, centre=0.0, generator=generator)


def wgan_div(
    critic: Scores,
    real: Tensor,
    fake: Tensor,
    eps: Tensor | None = None,
    *,
    weight: float | Tensor = 2.0,
    power: float = 6.0,
    generator: Generator | None = None,
) -> Tensor:
    """weight * E |grad D|^power, (), between real and fake examples (B, *S).

    Wu et al. 2018; weight and power are their k and p.

    >>> wgan_div(lambda x: 2 * x[:, 0], torch.randn(8, 2), torch.randn(8, 2)).item()
    128.0
    """
    return gradient_penalty(
        critic, real, fake, eps, weight=weight, centre=0.0, power=power, generator=generator
    )


def perturb(
    x: Tensor,
    reach: float | Tensor = 0.5,
    way: Tensor | None = None,
    generator: Generator | None = None,
    share: Tensor | None = None,
) -> Tensor:
    """x + share * reach * std(x) * way, (B, *S): each example goes a share of a way of its own.

    ``way`` (B, *S) and ``share`` (B, 1, ...) in [0, 1) are drawn where not given. std is one
    number for the batch. Kodali et al. 2017, the authors' code.

    >>> perturb(torch.tensor([[-1.0], [1.0]]), way=torch.ones(2, 1), share=torch.ones(2, 1))
    tensor([[-0.5000],
            [ 1.5000]])
    """
    way = draw(tuple(x.shape), x, generator) if way is None else way
    share = draw((len(x), *(1,) * (x.dim() - 1)), x, generator) if share is None else share
    return x + share * reach * x.std(correction=0) * way


def dragan(
    critic: Scores,
    real: Tensor,
    way: Tensor | None = None,
    share: Tensor | None = None,
    *,
    weight: float | Tensor = 10.0,
    reach: float | Tensor = 0.5,
    generator: Generator | None = None,
) -> Tensor:
    """weight * E (|grad D| - 1)^2, (), around real examples (B, *S).

    The points are ``perturb(real, reach, way, generator, share)``. Kodali et al. 2017.

    >>> dragan(lambda x: 3 * x[:, 0], torch.randn(8, 2)).item()
    40.0
    """
    points = perturb(real, reach, way, generator, share)
    return norm_penalty(input_gradient(critic, points), weight)
