"""How many directions does one update have?  (the seed: "dL/dW is specifically rank-one")"""

from sympy import Symbol

from tptheory import (
    Backprop,
    DeepLinearNetwork,
    Equal,
    ImageWithin,
    RankAtMost,
    RowSpaceWithin,
    TargetProp,
    matmul,
    theorem,
    transpose,
)

B = Symbol("B", integer=True, positive=True)
sample = DeepLinearNetwork(depth=3, loss="any")
batch = DeepLinearNetwork(depth=3, batch=B, loss="any")


@theorem("One sample's update has rank one")
def one_sample_updates_have_rank_one():
    """The update is an outer product: a column d_l times a row x_{l-1}'."""
    return [RankAtMost(rule.update(sample, l), 1) for rule in (Backprop(), TargetProp()) for l in (1, 2, 3)]


@theorem("A batch's update has rank at most the batch, every width, the rank of the errors and of the inputs")
def rank_bound():
    """The update factors through the batch, through each width above, through D_L and through X_{l-1}."""
    claims = []
    for rule in (Backprop(), TargetProp()):
        for l in (1, 2, 3):
            widths = [batch.widths[k] for k in range(4)]
            bounds = [B, *widths, batch.error, batch.activation(l - 1), rule.backward(batch, l)]
            claims.append(RankAtMost(rule.update(batch, l), bounds))
    return claims


@theorem("An update moves only within the image of the feedback, and only rows within the span of the inputs")
def update_image():
    """dW_l = -eta (M_{l+1} ... M_L) (D_L X_{l-1}'): its columns come from the left factor, its rows from X_{l-1}."""
    return [
        claim
        for rule in (Backprop(), TargetProp())
        for l in (1, 2, 3)
        for claim in (
            ImageWithin(rule.update(batch, l), rule.backward(batch, l)),
            RowSpaceWithin(rule.update(batch, l), transpose(batch.activation(l - 1))),
        )
    ]


@theorem("All gradients of a linear network come from one matrix, the error times the input")
def collapsed_gradient():
    """G_l = (M_{l+1} ... M_L) (D_L X_0') (W_{l-1} ... W_1)': every layer multiplies the same n_L by n_0 matrix."""
    collapsed = matmul(batch.error, transpose(batch.input))
    return [
        Equal(
            rule.descent(batch, l),
            matmul(rule.backward(batch, l), collapsed, transpose(batch.product(l - 1, 1))),
        )
        for rule in (Backprop(), TargetProp())
        for l in (1, 2, 3)
    ]
