"""When does target propagation make the same updates as backpropagation?"""

from tptheory import Backprop, DeepLinearNetwork, Equal, TargetProp, partial_isometry, theorem

net = DeepLinearNetwork(depth=3)


@theorem("TP is BP when every weight above the first is a partial isometry")
def tp_equals_bp():
    """W W' W = W makes W' satisfy the four Penrose equations, so that W+ = W'."""
    isometries = partial_isometry(net.weight(2), net.weight(3))
    return [Equal(TargetProp().update(net, l), Backprop().update(net, l), given=[isometries]) for l in (1, 2, 3)]
