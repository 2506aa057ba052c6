"""What does backpropagation leave unchanged?"""

from sympy import Symbol

from tptheory import Backprop, Conserved, DeepLinearNetwork, Equal, eta, matadd, matmul, theorem, transpose

B = Symbol("B", integer=True, positive=True)
net = DeepLinearNetwork(depth=3, batch=B, loss="any")
flow, step = Backprop().flow(net), Backprop().step(net)


def balance(l, weight=net.weight):
    """W_{l+1}' W_{l+1} - W_l W_l', of shape (n_l, n_l)."""
    upper, lower = weight(l + 1), weight(l)
    return matadd(matmul(transpose(upper), upper), matmul(-1, lower, transpose(lower)))


@theorem("The BP flow conserves the balance of neighbouring weights, for any batch and any loss")
def bp_balance():
    """W_{l+1}' G_{l+1} = d_l x_l' = G_l W_l': what one layer gains, the other gains too (Arora, Cohen, Hazan, 2018)."""
    return [Conserved(balance(l), along=flow) for l in (1, 2)]


@theorem("One BP step changes the balance by exactly eta^2 (G_{l+1}' G_{l+1} - G_l G_l')")
def bp_balance_step():
    """The terms of first order in eta are those of the flow, and cancel."""
    squared_net = DeepLinearNetwork(depth=3, batch=B)
    squared_step = Backprop().step(squared_net)
    claims = []
    for l in (1, 2):
        gradients = balance(l, lambda k: Backprop().descent(squared_net, k))
        change = matadd(squared_step.after(balance(l)), matmul(-1, balance(l)))
        claims.append(Equal(change, matmul(eta**2, gradients)))
    return claims
