"""A graph without sums and products of zeros.

The derivative of a gradient passes through second derivatives, and those of piecewise linear
activations are zero. Autograd writes such zeros down and multiplies them by matrices. Torch's
compiler would compute that, since a zero times an infinite number is no zero. Weights are finite
here: a network that has others trains no more.
"""

import torch
from torch.fx import GraphModule, Node

aten = torch.ops.aten
BORN = {aten.zeros_like.default, aten.zeros.default, aten.new_zeros.default}
# Zeros where the first operand is: these move numbers, or are linear in it.
FIRST = {
    *(aten.view.default, aten._unsafe_view.default, aten.expand.default, aten.clone.default),
    *(aten.transpose.int, aten.permute.default, aten.t.default, aten.unsqueeze.default),
    *(aten.squeeze.dim, aten.slice.Tensor, aten.slice_backward.default, aten.select.int),
    *(aten.sum.dim_IntList, aten.neg.default, aten.leaky_relu_backward.default),
    *(aten.threshold_backward.default, aten.alias.default),
}
ANY = {aten.bmm.default, aten.mm.default, aten.mul.Tensor}  # zeros where one of both operands is


def remove_zeros(module: GraphModule) -> GraphModule:
    """The module, whose graph computes nothing of tensors that are known to be zeros."""
    zeros: set[Node] = set()
    for node in list(module.graph.nodes):
        if is_zero(node, zeros):
            zeros.add(node)
        elif node.target is aten.add.Tensor and (other := other_term(node, zeros)):
            node.replace_all_uses_with(other)
            module.graph.erase_node(node)
    for node in module.graph.find_nodes(op="call_function", target=aten.view.default):
        node.target = aten.reshape.default  # a term may lie otherwise in memory than its sum
    for node in [node for node in module.graph.nodes if node in zeros]:  # a set has no order
        if any(user not in zeros for user in node.users):
            node.replace_all_uses_with(fill(module, node), lambda user: user not in zeros)
    for node in reversed(module.graph.nodes):
        if node in zeros and not node.users:
            module.graph.erase_node(node)
    module.recompile()
    return module


def is_zero(node: Node, zeros: set[Node]) -> bool:
    """Whether a node is zeros, as far as its operands say."""
    if node.target in BORN:
        return True
    if node.target is aten.add.Tensor:
        return all(term in zeros for term in node.args[:2])
    operands = node.args[: 2 if node.target in ANY else 1]
    return node.target in FIRST | ANY and any(operand in zeros for operand in operands)


def other_term(node: Node, zeros: set[Node]) -> Node | None:
    """What a sum is where one of its terms is zeros; None if neither is, or it has another form."""
    terms = node.args[:2]
    others = [term for term in terms if isinstance(term, Node) and term not in zeros]
    same = len(others) == 1 and not node.kwargs and alike(node, others[0])
    return others[0] if same and any(term in zeros for term in terms) else None


def alike(node: Node, other: Node) -> bool:
    """Whether two nodes' tensors have one type and shape."""
    one, two = node.meta["val"], other.meta["val"]
    return bool(one.dtype == two.dtype and one.shape == two.shape)


def fill(module: GraphModule, node: Node) -> Node:
    """A node after this one that makes its zeros anew."""
    value = node.meta["val"]
    with module.graph.inserting_after(node):
        made = module.graph.call_function(
            aten.full.default,
            ([*value.shape], 0),
            {"dtype": value.dtype, "device": value.device},
        )
    made.meta["val"] = value
    return made
