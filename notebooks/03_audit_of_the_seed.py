# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # An audit of the seed
#
# The two notebooks that this project grew from have bugs, and some of their questions come from the bugs. Here each
# defect runs **as it was**: the seed's own lines, in NumPy, down to the wrong figure. Then its cause, and the right
# figure. (Python 2's `print` and TensorFlow 0.x are replaced by what they did; nothing else is.)

# %%
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Markdown, display
from sympy import MatrixSymbol

from tptheory import Backprop, TargetProp, collect, decide, gradient, simulate, squared_norm
from tptheory.typesetting.prose import prose_markdown
from tptheory.writing.figures import MARKS

BP_MARK, TP_MARK, SEED_MARK = MARKS[1], MARKS[0], MARKS[3]


def answer(*names):
    """Decide claims about the seed, here and now: an accepted certificate, or exact matrices."""
    for name in names:
        [found] = collect(f"proofs/seed_claims.py::{name}")
        verdict = decide(found)
        assert verdict.word == found.expected, f"{name} is {verdict.word}"
        title = prose_markdown(found.title)
        link = f"[`seed_claims.py::{name}`](../proofs/seed_claims.py)"
        display(Markdown(f"**{verdict.word.capitalize()}:** {title}. {link}"))
        if verdict.refuted:
            display(verdict.counterexample)


def figure(panels, ylabel="", log=False, size=(9.5, 3.1), xlabel="step"):
    """Draw panels side by side: each a title, and curves by their label, with a mark."""
    _, axes = plt.subplots(1, len(panels), figsize=size, layout="constrained", sharex=True)
    for ax, (title, curves) in zip(np.atleast_1d(axes), panels.items(), strict=True):
        for label, (values, mark) in curves.items():
            ax.plot(values, **mark, markevery=max(1, len(values) // 10), label=label)
        ax.set(title=title, xlabel=xlabel, ylabel=ylabel)
        ax.set_yscale("log" if log else "linear")
        ax.legend()


# %% [markdown]
# ## The seed's lines
#
# What the first notebook defines, word for word where it matters: `forward`, `backward`, the two ways to train, targets.

# %%
layers, alpha = 2, 0.3
W_0 = [np.outer(np.array([1, 0]), np.array([1, 2]) / np.linalg.norm([1, 2]))] * layers
x_0, y = np.array([-1.5, -1.15]), np.array([1, 0.5])


def forward(x_init, W_in):
    x_ = [x_init]
    for l in range(layers):
        x_.append(np.dot(W_in[l], x_[-1]))
    return x_


def backward(x_end, W_in):
    dL_ = (layers + 1) * [None]
    dL_[-1] = x_end - y  # negative gradient of MSE
    for l in range(layers - 1, -1, -1):
        dL_[l] = np.dot(W_in[l].T, dL_[l + 1])
    return dL_


def train_weights(W_in, dL_in, x_in, alpha=0.1):
    W_ = np.copy(W_in)
    for l in range(layers):
        W_[l] = W_[l] - alpha * np.outer(dL_in[l + 1], x_in[l])
    return W_


def get_targets(x_in, W_in, dL_in):
    x_tar_ = (layers + 1) * [None]
    W_pinv_ = [np.linalg.pinv(W) for W in W_in]
    x_tar_[-1] = x_in[-1] - alpha * dL_in[-1]
    for l in range(layers - 1, -1, -1):
        x_tar_[l] = x_in[l] - np.dot(W_pinv_[l], x_in[l + 1]) + np.dot(W_pinv_[l], x_tar_[l + 1])
    return x_tar_


def train_weights_targ(W_in, x_targ_in, x_in, alpha=0.1):
    dL_local = [x_in[l] - x_targ_in[l] for l in range(len(x_in))]
    return train_weights(W_in, dL_local, x_in, alpha=alpha)


def train_as_the_seed(train_steps, alpha=alpha):
    x = forward(x_0, W_0)
    dL = backward(x[-1], W_0)
    x_bp_t, W_bp_t, dL_t = [x], [W_0], [dL]
    x_tp_t, W_tp_t, x_tar_t = [x], [W_0], [get_targets(x, W_0, dL)]
    for i in range(train_steps):
        W_bp_t.append(train_weights(W_bp_t[-1], dL_t[-1], x_bp_t[-1], alpha=alpha))
        x_bp_t.append(forward(x_0, W_bp_t[i]))
        dL_t.append(backward(x_bp_t[-1][-1], W_bp_t[-1]))
        W_tp_t.append(train_weights_targ(W_tp_t[-1], x_tar_t[-1], x_tp_t[-1], alpha=alpha))
        x_tp_t.append(forward(x_0, W_tp_t[i]))
        x_tar_t.append(get_targets(x_tp_t[-1], W_tp_t[-1], dL_t[-1]))
    return {
        "x_bp": x_bp_t,
        "W_bp": W_bp_t,
        "dL": dL_t,
        "x_tp": x_tp_t,
        "W_tp": W_tp_t,
        "x_tar": x_tar_t,
    }


seed = train_as_the_seed(10)


def losses(outputs):
    return [0.5 * np.sum((output - y) ** 2) for output in outputs]


# %% [markdown]
# ## 1. Stale weights
#
# `x_bp_t.append(forward(x_0, W_bp_t[i]))` comes after the new weights were appended, so that `W_bp_t[i]` are those
# *before* the step. Activations lag one step behind, and the gradient mixes the two: the error of the old weights, sent
# back through the new ones. At the $\alpha = 0.3$ of the seed this makes backpropagation diverge, on a problem that it
# solves.

# %%
bp_run = simulate(Backprop(), W_0, x_0, y, lr=alpha, steps=10)
print("first outputs, as it was:", *(x[-1].round(3) for x in seed["x_bp"][:3]))
print("first outputs, right:    ", *bp_run.activations[2][:3, :, 0].round(3))
figure(
    {
        "as it was: forward(x_0, W[i])": {"loss": (losses(x[-1] for x in seed["x_bp"]), SEED_MARK)},
        "right: forward(x_0, W[i + 1])": {"loss": (bp_run.loss, BP_MARK)},
    },
    ylabel="loss of backpropagation",
    log=True,
)

# %% [markdown]
# The first two outputs are equal: a step was taken, and nothing seems to have moved.
#
# ## 2. Updates that look constant
#
# `W_up = train_steps*[layers*[None]]` makes a list of `train_steps` entries which are *one and the same* inner list. Each
# step overwrites all others, and what is plotted is the last update, `train_steps` times over. Hence the seed's
# question why "dL/dW does not change over training steps (uh, maybe a bug?)". (The rate is 0.1 here, at which the stale
# weights do not diverge.)


# %%
def get_W_update(dL_t_in, x_t_in, train_steps, rows):
    W_up = rows(train_steps)
    for i in range(train_steps):
        for l in range(layers):
            W_up[i][l] = np.outer(dL_t_in[i][l + 1], x_t_in[i][l])
    return np.array(W_up)


slow = train_as_the_seed(25, alpha=0.1)
shared = get_W_update(slow["dL"], slow["x_bp"], 25, lambda n: n * [layers * [None]])
apart = get_W_update(slow["dL"], slow["x_bp"], 25, lambda n: [layers * [None] for _ in range(n)])
right = -simulate(Backprop(), W_0, x_0, y, lr=0.1, steps=25).updates[0] / 0.1


def entries(updates):
    return {f"entry 1,{j + 1}": (updates[:, 0, j], MARKS[j]) for j in (0, 1)}


figure(
    {
        "as it was: one shared list": entries(shared[:, 0]),
        "a list for each step": entries(apart[:, 0]),
        "right: no stale weights either": entries(right),
    },
    ylabel=r"$\partial L / \partial W_1$",
)

# %% [markdown]
# The flat lines are the last update, of a training that is over. That the gradient is constant is refuted, by numbers.

# %%
answer("gradients_are_constant")

# %% [markdown]
# ## 3. Target propagation with somebody else's error
#
# `get_targets(x_tp_t[-1], W_tp_t[-1], dL_t[-1])` takes the error of the network that *backpropagation* trains. Once the
# two networks part, each target is right for the wrong network, and target propagation follows BP's error to its end,
# not its own. To see this defect alone, the stale weights of defect 1 are mended here.


# %%
def train_targets(errors_of, rate, train_steps):
    """Train by the seed's targets, without stale weights; ``errors_of`` says whose output error they use."""
    W_bp, W_tp, outputs = W_0, W_0, []
    for _ in range(train_steps + 1):
        x_bp, x_tp = forward(x_0, W_bp), forward(x_0, W_tp)
        outputs.append(x_tp[-1])
        dL_bp = backward(x_bp[-1], W_bp)
        dL = dL_bp if errors_of == "bp" else backward(x_tp[-1], W_tp)
        W_bp = train_weights(W_bp, dL_bp, x_bp, alpha=alpha)
        W_tp = train_weights_targ(W_tp, get_targets(x_tp, W_tp, dL), x_tp, alpha=rate)
    return losses(outputs)


borrowed, own = (train_targets(whose, alpha, 25) for whose in ("bp", "tp"))
figure(
    {
        "as it was: targets from dL_t[-1]": {"loss": (borrowed, SEED_MARK)},
        "right: from the network's own error": {"loss": (own, TP_MARK)},
    },
    ylabel="loss of target propagation",
    log=True,
)
print(f"loss at the end: {borrowed[-1]:.2g} as it was, {own[-1]:.2g} with its own error")

# %% [markdown]
# The weights of the seed hide it for one step: they are partial isometries, for which BP's error may stand in. In general
# it may not.

# %%
answer("borrowed_errors_at_a_partial_isometry", "borrowed_errors")

# %% [markdown]
# ## 4. Alpha, twice
#
# Targets are $t_l = x_l - \alpha d_l$, so that $x_l - t_l$ is $\alpha d_l$ already; `train_weights` multiplies by `alpha` again.
# Backpropagation ran at rate $0.3$, target propagation at $0.09$: the comparison was of two rates, not of two rules.

# %%
answer("alpha_counts_twice")


def loss_of(rule, rate, steps=12):
    return simulate(rule, W_0, x_0, y, lr=rate, steps=steps).loss


print("the seed's targets, alpha twice:   ", np.round(own[:5], 6))
print("target propagation at rate alpha^2:", loss_of(TargetProp(), alpha**2)[:5].round(6))
print("target propagation at rate alpha:  ", loss_of(TargetProp(), alpha)[:5].round(6))
figure(
    {
        "as it was: two rates": {
            "BP at 0.3": (loss_of(Backprop(), 0.3), BP_MARK),
            "TP at 0.09": (loss_of(TargetProp(), 0.09), TP_MARK),
        },
        "right: one rate": {
            "BP at 0.09": (loss_of(Backprop(), 0.09), BP_MARK),
            "TP at 0.09": (loss_of(TargetProp(), 0.09), TP_MARK),
        },
    },
    ylabel="loss",
    log=True,
)

# %% [markdown]
# ## 5. "Negative gradient of MSE"
#
# The comment beside `dL_[-1] = (x_end-y)`. It is the gradient: `train_weights` subtracts it, and would climb if the
# comment were true.

# %%
z, target = MatrixSymbol("z", 2, 1), MatrixSymbol("y", 2, 1)
display(gradient(squared_norm(z - target) / 2, z))
answer("error_is_the_negative_gradient")


def trained(sign):
    W, seen = W_0, []
    for _ in range(7):
        x = forward(x_0, W)
        seen.append(x[-1])
        W = train_weights(W, [sign * d for d in backward(x[-1], W)], x, alpha=0.1)
    return losses(seen)


figure(
    {
        "as the comment says: x_end - y is minus the gradient": {"loss": (trained(-1), SEED_MARK)},
        "as the code does: it is the gradient": {"loss": (trained(1), BP_MARK)},
    },
    ylabel="loss",
    log=True,
)

# %% [markdown]
# ## 6. Names that are not there
#
# Three cells at the end cannot run. `W_update_array` is used, and the line that defines it is commented out; `x_t` is never
# defined (there are `x_bp_t` and `x_tp_t`). With `train_steps = 0`, as the notebook was saved, `get_W_update` returns an
# empty list besides, and the time series have one point.

# %%
for cell in (lambda: W_update_array.shape, lambda: x_t[30][2]):  # noqa: F821
    try:
        cell()
    except NameError as error:
        print("as it was:", error)
print("right:    ", apart.shape, "and", slow["x_bp"][20][2])

# %% [markdown]
# # The second notebook: five layers on MNIST, in TensorFlow
#
# Its backward graph learns an inverse $V_l$ of each layer, and trains it to reconstruct: $g(x) = \sigma(V x + c)$.
#
# ## 7. The inverse of a linear layer is a sigmoid
#
# Activations of a linear layer take any value; a sigmoid gives values between 0 and 1. No $V$ and $c$ can invert the
# layer, however long they train. Here are one layer of the seed, its inverse as it was, and a linear one, each trained by
# the seed's reconstruction loss, from the same start.

# %%
rng = np.random.default_rng(0)
W, hidden = rng.standard_normal((6, 4)) / 2, rng.standard_normal((4, 400))
above = W @ hidden


def reconstruct(activate, slope, x_in, goal, rounds=4000, lr=0.5):
    """Train g(x) = activate(V x + c) to give the goal, by gradient descent; return the loss over time, and V."""
    V, c, lost = (
        0.01 * rng.standard_normal((len(goal), len(x_in))),
        np.full((len(goal), 1), 0.1),
        [],
    )
    for _ in range(rounds):
        g = activate(V @ x_in + c)
        lost.append(0.5 * np.mean((g - goal) ** 2))
        delta = (g - goal) * slope(g) / g.size
        V, c = V - lr * delta @ x_in.T, c - lr * delta.sum(axis=1, keepdims=True)
    return lost, V


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


by_sigmoid, _ = reconstruct(sigmoid, lambda g: g * (1 - g), above, hidden)
by_linear, V = reconstruct(lambda x: x, np.ones_like, above, hidden)
figure(
    {
        "as it was: a sigmoid": {"reconstruction loss": (by_sigmoid, SEED_MARK)},
        "right: a linear inverse": {"reconstruction loss": (by_linear, TP_MARK)},
    },
    log=True,
)
print(
    f"loss at the end: {by_sigmoid[-1]:.3f} by a sigmoid, {by_linear[-1]:.1e} by a linear map;",
    end=" ",
)
print(f"|V - W+| = {np.linalg.norm(V - np.linalg.pinv(W)):.3f}")

# %% [markdown]
# The linear inverse reconstructs without an error. It need not be $W^+$ to do so; for white activations it is.

# %%
answer("reconstruction_gradient")

# %% [markdown]
# ## 8. Noise: once a batch, and two of them
#
# Difference target propagation trains its inverses on noisy activations, so that they learn to invert near the data and
# not only on it. The seed adds `tf.random_normal(b[l].get_shape())`, which has **one** row for the whole batch, to the
# layer's output, and **another** draw to what is to be reconstructed. One draw a batch explores one direction at a time; and
# no inverse can guess the second draw. Below is the best linear inverse, by least squares, after more and more batches: the
# activations lie in two of four dimensions, and noise has to show the others.

# %%
flat = rng.standard_normal((4, 2))


def best_inverse(batches, each_sample, same):
    """Return V that reconstructs best over batches of 100 samples, with noise as told."""
    rng, seen, wanted = np.random.default_rng(1), [], []
    for _ in range(batches):
        h = flat @ rng.standard_normal((2, 100))
        draws = 100 if each_sample else 1
        noise, other = rng.standard_normal((4, draws)), rng.standard_normal((6, draws))
        seen.append(W @ (h + noise) if same else W @ h + other)
        wanted.append(h + noise)
    return np.hstack(wanted) @ np.linalg.pinv(np.hstack(seen), rcond=1e-10)


counts = np.arange(1, 31)
figure(
    {
        "distance of the inverse from $W^+$": {
            label: (
                [np.linalg.norm(best_inverse(n, *how) - np.linalg.pinv(W)) + 1e-16 for n in counts],
                mark,
            )
            for label, how, mark in (
                ("as it was: two draws a batch", (False, False), SEED_MARK),
                ("two draws a sample", (True, False), BP_MARK),
                ("one draw a batch, through the layer", (False, True), MARKS[2]),
                ("right: one draw a sample, through the layer", (True, True), TP_MARK),
            )
        }
    },
    log=True,
    size=(6.5, 3.6),
    xlabel="batches after the first",
)

# %% [markdown]
# But even a perfect reconstruction is not what targets need: it asks for a left inverse, and
# targets for a right one.

# %%
answer("reconstruction_is_enough", "right_inverses_reach")

# %% [markdown]
# ## 9. Two true gradients on top
#
# `x_tar[-1]` and `x_tar[-2]` are set by `tf.gradients` of the loss; only the layers below use the learned inverses
# (the comment: "tf.gradients can't go backward through the graph..."). So the top hidden layer learns by
# backpropagation whatever the inverses do, and the figure of a loss that falls says nothing about them. Five layers from
# the seed's start: how long is the error $x_l - t_l$ that each layer is given?
#
# (Nor need they go backward: a target passes down by the inverse alone, $t_{l-1} = x_{l-1} + g(t_l) - g(x_l)$, and with
# $g = W^+$ that is already what the error signal does, as [proved](../proofs/seed_claims.py).)

# %%
sizes = [50, 100, 100, 100, 100, 10]
Ws = [None] + [0.01 * rng.standard_normal((n, m)) for m, n in pairwise(sizes)]
Vs = [None, None] + [0.01 * rng.standard_normal(Ws[l].T.shape) for l in range(2, 6)]
xs = [rng.standard_normal((50, 1))]
for l in range(1, 6):
    xs.append(Ws[l] @ xs[-1] + 0.1)
d_5 = np.exp(xs[5]) / np.exp(xs[5]).sum() - np.eye(10)[:, :1]

by_seed, by_bp, by_tp = ({5: d_5} for _ in range(3))
for l in range(4, 0, -1):
    by_bp[l] = Ws[l + 1].T @ by_bp[l + 1]
    target = xs[l + 1] - by_seed[l + 1]
    by_seed[l] = (
        by_bp[l]
        if l == 4
        else sigmoid(Vs[l + 1] @ xs[l + 1] + 0.1) - sigmoid(Vs[l + 1] @ target + 0.1)
    )
    by_tp[l] = np.linalg.pinv(Ws[l + 1]) @ by_tp[l + 1]

_, ax = plt.subplots(figsize=(6.5, 3.6), layout="constrained")
for label, errors, mark in (
    ("as it was: gradients for 5 and 4, inverses below", by_seed, SEED_MARK),
    ("backpropagation, all layers", by_bp, BP_MARK),
    ("target propagation, exact inverses", by_tp, TP_MARK),
):
    ax.semilogy(
        [5, 4, 3, 2, 1], [np.linalg.norm(errors[l]) for l in (5, 4, 3, 2, 1)], **mark, label=label
    )
ax.set(xlabel="layer", ylabel="length of the error", xticks=[1, 2, 3, 4, 5])
_ = ax.legend()

# %% [markdown]
# The seed's curve lies on that of backpropagation for layer 4, by construction; below, the untrained inverses let the error
# vanish. Exact inverses do the opposite: at weights of 0.01 they blow it up. Both ends are bad, and neither could be
# seen.
#
# ## 10. What the printed log shows
#
# The loop has `sess.run(train_op, ...)` and `sess.run(train_op_inv, ...)` commented out, and runs `train_bp`. The printed
# losses, 2.30 for 1,400 steps, are backpropagation's, on the plateau of small weights: $\log 10 = 2.303$. No target was
# ever propagated in the run that was saved.
