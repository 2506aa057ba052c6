# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Target prop in a deep linear network
#
# This project grew from a notebook of this name: two layers of $2 \times 2$ weights of rank one, trained by
# backpropagation and by target propagation, drawn in their four fundamental subspaces, and a list of questions. Here
# it is again, with its bugs mended ([what they were](03_audit_of_the_seed.ipynb)), and **every question and TODO
# answered** by a theorem or a counterexample, decided as the notebook runs.
#
# *Part 1* re-creates the notebook. *Part 2* answers it.

# %%

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Markdown, display

from tptheory import (
    Backprop,
    DeepLinearNetwork,
    Equal,
    Kaczmarz,
    Newton,
    RecursiveLeastSquares,
    TargetProp,
    alpha,
    collect,
    decide,
    eta,
    evaluate,
    matmul,
    simulate,
    squared_norm,
)
from tptheory.figures import (
    activations_and_targets,
    image_and_cokernel,
    kernel_and_coimage,
    layer_spaces,
    pulled_back_loss,
    time_series,
)
from tptheory.typesetting.prose import prose_markdown
from tptheory.writing.figures import MARKS, subspaces

bp, tp = Backprop(), TargetProp()

# %% [markdown]
# # Part 1: the notebook
#
# ## Weights of rank one, and their four fundamental subspaces
#
# Both weights are $u v^\top$ with unit vectors $u = (1, 0)$ and $v \propto (1, 2)$.

# %%
W = np.outer([1, 0], [1, 2] / np.linalg.norm([1, 2]))
x_0, y = np.array([-1.5, -1.15]), np.array([1.0, 0.5])

four = subspaces(W)
for name in ("kernel", "coimage", "image", "cokernel"):
    print(f"{name:9}", getattr(four, name).round(3).T.tolist())
print("singular values", four.singular_values.round(3))

# %% [markdown]
# Where $W$ acts, the plane is kernel plus coimage. Each dotted line, $x + \ker W$, is one element of the quotient
# $\mathbb{R}^2 / \ker W$, and $W$ sends it to one point of the image. On the right the cokernel takes the kernel's
# part.
#
# > *todo: replace n with sv or 1/sv*
#
# Done: lines whose images are $s$ apart lie $s / \sigma$ apart, so that the dotted lines of the left panel are sent to
# those of the right one. Twice the weight, and they lie half as far apart.

# %%
fig, axes = plt.subplots(1, 3, figsize=(10, 3.9), layout="constrained")
kernel_and_coimage(W, axes[0]).set_xlabel("$W$ acts here")
image_and_cokernel(W, axes[1]).set_xlabel("$W$ maps here")
_ = kernel_and_coimage(2 * W, axes[2]).set_xlabel("$2W$ acts here")

# %% [markdown]
# ## Forward, backward, targets
#
# $x_l = W_l x_{l-1}$ goes up. The error $d_2 = x_2 - y$ comes down, through $W^\top$ or $W^+$, and the target of a
# layer is $t_l = x_l - \alpha d_l$. The formulas are derived, not typed in; here they are, and what they give.

# %%
net = DeepLinearNetwork(depth=2)
display(net.activation(2), bp.error_signal(net, 1), tp.error_signal(net, 1), tp.target(net, 1))

# %%
numbers = dict(zip((*net.weights, net.input, net.target, alpha), (W, W, x_0, y, 0.3), strict=True))
print("l", *(f"{name:16}" for name in ("x_l", "d_l under BP", "d_l under TP", "t_l under TP")))
for l in (0, 1, 2):
    columns = (
        net.activation(l),
        bp.error_signal(net, l),
        tp.error_signal(net, l),
        tp.target(net, l),
    )
    values = (evaluate(column, numbers).ravel() for column in columns)
    print(l, *(f"({a:6.3f}, {b:6.3f})" for a, b in values))

# %% [markdown]
# The two errors are the same: a weight $u v^\top$ with unit vectors has $W^+ = W^\top$. From these weights the seed
# could not tell target propagation from backpropagation, at first.
#
# ## Training, side by side
#
# One step size $\eta$ for both rules; $\alpha$ only says how far a target goes.

# %%
lr, steps = 0.1, 30
bp_run, tp_run = (simulate(rule, [W, W], x_0, y, lr=lr, steps=steps) for rule in (bp, tp))
for t in (0, 1, 2, 5, steps):
    print(f"step {t:2}:  loss {bp_run.loss[t]:8.2g} under BP, {tp_run.loss[t]:8.2g} under TP")

# %% [markdown]
# The first step is the same, and then they part.
#
# **The figure of the seed, under target propagation.** Row 1: kernel, coimage and quotient lines of the weight that
# acts on a layer. Row 2: cokernel and image of the weight that maps to it. Green dots are the activations over time,
# pink stars the targets, large ones first; contours are the loss, pulled back to every layer.

# %%
_ = layer_spaces(tp_run, alpha=0.3, limit=3.5)

# %% [markdown]
# **Under backpropagation**, from the same start:

# %%
_ = layer_spaces(bp_run, alpha=0.3, limit=3.5)

# %% [markdown]
# And the same spaces as TP leaves them. The weights have rank two now, the kernels are gone, and the loss pulled back to
# the hidden layer has closed contours. Dots and stars are those of the whole run again: the last ones are at the bottom.

# %%
_ = layer_spaces(tp_run, step=-1, alpha=0.3, limit=3.5)

# %% [markdown]
# ## Time series
#
# Activations (solid) and errors (dashed) at each layer, under BP above and TP below.

# %%
fig, axes = plt.subplots(2, 3, figsize=(11, 5.4), layout="constrained", sharex=True)
for row, run in zip(axes, (bp_run, tp_run), strict=True):
    for l, ax in enumerate(row):
        time_series(run, "x", l, ax)
        time_series(run, "d", l, ax)
        ax.set_title(f"{run.rule.title}, layer {l}")

# %% [markdown]
# Weights (solid) and their updates (dashed).

# %%
fig, axes = plt.subplots(2, 2, figsize=(11, 6.4), layout="constrained", sharex=True)
for row, run in zip(axes, (bp_run, tp_run), strict=True):
    for l, ax in enumerate(row, start=1):
        time_series(run, "W", l, ax)
        time_series(run, "dW", l, ax)
        ax.set_title(f"{run.rule.title}, $W_{l}$")

# %% [markdown]
# Look at $d_1$ under TP: it jumps after the first step. That step lifts $W_2$ from rank one to rank two, with a second
# singular value of the order of $\eta$, and a pseudo-inverse divides by it. Smaller steps make it worse:

# %%
for rate in (0.1, 0.01, 0.001):
    run = simulate(tp, [W, W], x_0, y, lr=rate, steps=1)
    smallest, size = (
        subspaces(run.weights[1][1]).singular_values[-1],
        np.linalg.norm(run.error_signals[1][1]),
    )
    print(
        f"eta = {rate:5}: least singular value {smallest:.5f}, |d_1| = {size:6.1f}, eta |d_1| = {rate * size:.2f}"
    )

# %% [markdown]
# Pseudo-inverses are not continuous where the rank changes. Every theorem about the *flow* of target propagation below
# therefore speaks of times at which it does not.
#
# # Part 2: the questions
#
# Each question is quoted, then answered by theorems and conjectures of [`proofs/`](../proofs). The cell below collects
# one by its name, and decides it on the spot: a certificate that the checker accepts, or exact matrices.


# %%
def answer(*nodes):
    """Decide theorems and conjectures of the library, and show each verdict."""
    for node in nodes:
        [found] = collect(f"proofs/{node}")
        verdict = decide(found, seconds=30)
        assert verdict.word == found.expected, f"{node} is {verdict.word}"
        title, reason = map(prose_markdown, (found.title, found.reason))
        link = f"[`{node}`](../proofs/{found.path.name})"
        display(Markdown(f"**{verdict.word.capitalize()}:** {title}.<br>*Why:* {reason} {link}"))
        if verdict.refuted:
            display(verdict.counterexample)


# %% [markdown]
# ## Targets
#
# The seed computes targets by $t_l = x_l - W^+ x_{l+1} + W^+ t_{l+1}$. Is that $x_l - \alpha d_l$? And its weights:
# what can they show, and what not?

# %%
answer(
    "seed_claims.py::seed_targets",
    "seed_claims.py::the_seed_cannot_tell_tp_from_bp",
    "seed_claims.py::the_seed_cannot_tell_them_apart_later",
    "seed_claims.py::seed_targets_move_along_one_direction",
)

# %% [markdown]
# ## Batches and their order
#
# > *TODO: show two+ vectors / batch learning. First then second vs second then first vs batch: commutivity?*
#
# Two samples as a batch under TP, in the three layers: the first sample's way, and the second's.

# %%
two_x, two_y = np.array([[-1.5, 0.8], [-1.15, -1.0]]), np.array([[1.0, -0.6], [0.5, -1.2]])
start = [np.array([[0.9, 0.4], [-0.3, 0.8]]), np.array([[0.7, -0.5], [0.4, 0.9]])]
batch_run = simulate(tp, start, two_x, two_y, lr=0.05, steps=60)
fig, axes = plt.subplots(1, 3, figsize=(10, 4), layout="constrained")
for l, ax in enumerate(axes):
    for sample in (0, 1):
        activations_and_targets(batch_run, l, ax, alpha=0.3, sample=sample)
    ax.get_legend().remove()
    ax.set_title(f"layer {l}, two samples")

# %% [markdown]
# In one layer the answer is exact: the two orders differ by $\eta^2 (x_1 \cdot x_2)(e_1 x_2^\top - e_2 x_1^\top)$.

# %%
answer(
    "order_of_samples.py::one_layer_commutator",
    "order_of_samples.py::one_layer_sequence_against_batch",
    "order_of_samples.py::one_layer_samples_commute",
    "order_of_samples.py::one_layer_parallel_samples_commute",
    "order_of_samples.py::one_layer_commuting_samples",
    "order_of_samples.py::twistless_samples_are_parallel",
    "order_of_samples.py::samples_commute",
)

# %% [markdown]
# In two layers, orthogonal inputs are not enough: the hidden activations need not be orthogonal, and both samples move
# $W_2$.

# %%
answer(
    "order_of_samples.py::two_layer_bracket",
    "order_of_samples.py::two_layer_samples_commute_under_bp",
    "order_of_samples.py::orthogonal_samples_commute_under_bp",
    "order_of_samples.py::two_layer_samples_commute_under_tp",
)

# %% [markdown]
# Measured: how far apart the last weights are after one sample then the other, and the other way round. The line is the
# theorem of one layer; all fall as $\eta^2$.


# %%
def trained(rule, weights, order, xs, ys, rate):
    """Return the weights after one step on each sample, in order."""
    for s in order:
        weights = [
            history[-1]
            for history in simulate(rule, weights, xs[:, s], ys[:, s], lr=rate, steps=1).weights
        ]
    return weights


rates = 2.0 ** -np.arange(3, 10)
orthogonal_x = np.array([[1.0, -0.5], [0.5, 1.0]])
cases = [
    ("one layer", bp, start[:1], two_x),
    ("two layers, BP, $x_1 \\perp x_2$", bp, start, orthogonal_x),
    ("two layers, TP, $x_1 \\perp x_2$", tp, start, orthogonal_x),
]
fig, ax = plt.subplots(figsize=(6, 3.4), layout="constrained")
for (label, rule, weights, xs), mark in zip(cases, MARKS, strict=False):
    ends = [
        [trained(rule, weights, order, xs, two_y, rate)[-1] for order in ((0, 1), (1, 0))]
        for rate in rates
    ]
    ax.loglog(
        rates, [np.linalg.norm(a - b) for a, b in ends], **mark | {"linestyle": "none"}, label=label
    )
e = start[0] @ two_x - two_y
twist = np.outer(e[:, 0], two_x[:, 1]) - np.outer(e[:, 1], two_x[:, 0])
ax.loglog(
    rates,
    rates**2 * abs(two_x[:, 0] @ two_x[:, 1]) * np.linalg.norm(twist),
    label="one layer, proved",
)
ax.set(xlabel=r"step size $\eta$", ylabel=r"$|W^{12} - W^{21}|$")
_ = ax.legend()

# %% [markdown]
# ## Do activations move downhill?
#
# > *W[l] moves in the direction to minimize error. Does this imply that x[l] also moves in the direction to minimize
# > error?*
#
# Under BP yes, for a batch as a whole; not for each sample of it, and not straight.

# %%
answer(
    "activations_descend.py::activations_descend",
    "activations_descend.py::activations_descend_at_a_rate",
    "activations_descend.py::each_sample_descends",
    "activations_descend.py::activations_descend_straight",
    "activations_descend.py::tp_activations_descend",
    "activations_descend.py::tp_activations_descend_at_any_rank",
)

# %% [markdown]
# ## The space of solutions, and global sections
#
# > *Specify the space of possible solutions: global sections of x[l], but also space of W[l]?*
#
# **Activations.** The layers are maps along a path; a global section is a choice of $x_l$ in every layer that agrees
# with them. It is determined by $x_0$, so there are $n_0$ dimensions of them; with the output clamped to $y$ they
# are one solution plus the kernel of the product.

# %%
answer(
    "solutions_and_symmetry.py::global_sections",
    "solutions_and_symmetry.py::sections_with_a_clamped_output",
)

# %% [markdown]
# Counted on the seed's net: stack the equations $x_l - W_l x_{l-1} = 0$, and with the output clamped $x_2 = y$.

# %%
identity, nothing = np.eye(2), np.zeros((2, 2))
agree = np.block([[-W, identity, nothing], [nothing, -W, identity]])
clamp = np.block([[nothing, nothing, identity]])
print("sections:", 6 - np.linalg.matrix_rank(agree), "dimensions")
both = np.vstack([agree, clamp])
for name, goal in (
    ("y = (1, 0.5)", y),
    ("its projection on the image, (1, 0)", W @ np.linalg.pinv(W) @ y),
):
    right = np.concatenate([np.zeros(4), goal])
    solvable = np.linalg.matrix_rank(np.column_stack([both, right])) == np.linalg.matrix_rank(both)
    print(
        f"clamped to {name}:",
        f"{6 - np.linalg.matrix_rank(both)} dimension(s)" if solvable else "none",
    )

# %% [markdown]
# So the seed's net has no section at all above its own target: $y$ is not in the image. Weights must move first.
#
# **Weights.** Where the widths admit it, $W$ is a global minimiser exactly if $W_L \cdots W_1 X = Y X^+ X$, the
# output of least squares. The solutions form fibres of a symmetry, $W_l \mapsto g_l W_l g_{l-1}^{-1}$, which
# backpropagation and target propagation respect to different degrees.

# %%
answer(
    "solutions_and_symmetry.py::minimisers_have_the_output_of_least_squares",
    "solutions_and_symmetry.py::minimisers_are_fixed_points",
    "solutions_and_symmetry.py::fixed_points_are_minimisers",
    "solutions_and_symmetry.py::all_fixed_points_are_minimisers",
    "solutions_and_symmetry.py::change_of_coordinates",
    "solutions_and_symmetry.py::flows_respect_rotations",
    "solutions_and_symmetry.py::tp_targets_respect_all_coordinates",
    "solutions_and_symmetry.py::bp_respects_all_coordinates",
)

# %% [markdown]
# The smallest picture: widths 1-1-1, $x = y = 1$. Solutions are the hyperbola $w_2 w_1 = 1$ (black). Each rule runs
# down to it along the level sets of what it conserves: $w_2^2 - w_1^2$ under BP, $\log |w_2| - \frac12 w_1^2$ under
# TP (thin).

# %%
fig, axes = plt.subplots(1, 2, figsize=(9, 4.2), layout="constrained", sharey=True)
w_1, w_2 = np.meshgrid(np.linspace(-0.4, 2.6, 200), np.linspace(0.05, 2.6, 200))
laws = (w_2**2 - w_1**2, np.log(w_2) - w_1**2 / 2)
for ax, rule, law, mark in zip(axes, (bp, tp), laws, MARKS[1::-1], strict=True):
    ax.contour(w_1, w_2, law, 15, colors="0.7", linewidths=0.7, linestyles="solid")
    ax.contour(w_1, w_2, w_1 * w_2, [1], colors="black", linewidths=2)
    for a, b in ((-0.2, 0.3), (0.2, 2.2), (0.1, 0.9), (2.4, 0.3), (2.2, 1.6), (1.3, 2.4)):
        run = simulate(rule, [[[a]], [[b]]], [1.0], [1.0], lr=0.01, steps=600)
        ax.plot(
            *(history[:, 0, 0] for history in run.weights),
            **mark | {"linestyle": "-"},
            markevery=[0, -1],
        )
    ax.set(
        xlabel="$w_1$",
        ylabel="$w_2$",
        title=rule.title,
        xlim=(-0.4, 2.6),
        ylim=(0.05, 2.6),
        aspect=1,
    )

# %% [markdown]
# ## Gradient functionals, and the loss at each layer
#
# > *visualize the gradient functionals*
# >
# > *idea: plot loss contours at each layer, i.e. backprop the entire error function... (?)*
#
# The loss pulled back to layer $l$ is $\frac12 |W_L \cdots W_{l+1} x_l - y|^2$, a function on that layer alone, and
# its gradient at $x_l$ is BP's $d_l$. The functional $v \mapsto d_l^\top v$ is drawn by its level lines: dotted,
# tangent to the contour through $x_l$. BP's arrow is normal to it. TP's arrow is not: it ends where the output is
# right.

# %%
answer("solutions_and_symmetry.py::pulled_back_loss", "targets_reach.py::targets_reach_the_output")


# %%
def gradient_functional(ax, x, d):
    """Draw the level lines of v -> d'(v - x), one for each 0.5 by which the loss falls to first order."""
    h, v = np.meshgrid(np.linspace(-2, 2, 60), np.linspace(-2, 2, 60))
    heights = d[0] * (h - x[0]) + d[1] * (v - x[1])
    ax.contour(
        h, v, heights, np.arange(-8, 8.1, 0.5), colors="0.55", linewidths=0.8, linestyles="dotted"
    )


runs = [simulate(rule, start, x_0, y, steps=0) for rule in (bp, tp)]
fig, axes = plt.subplots(1, 3, figsize=(10.5, 3.9), layout="constrained")
for l, ax in enumerate(axes):
    pulled_back_loss(runs[0], l, ax=ax)
    x, (d_bp, d_tp) = (
        runs[0].activations[l][0, :, 0],
        (run.error_signals[l][0, :, 0] for run in runs),
    )
    gradient_functional(ax, x, d_bp)
    for d, mark, name, size in ((d_bp, MARKS[1], "BP", 4), (d_tp, MARKS[0], "TP", 2)):
        arrow = {
            "arrowstyle": "-|>",
            "color": mark["color"],
            "linewidth": size,
            "shrinkA": 0,
            "shrinkB": 0,
        }
        ax.annotate("", x - d, x, arrowprops=arrow)
        ax.plot([], [], color=mark["color"], linewidth=size, label=f"$-d_{l}$, {name}")
    ax.plot(*x, "ko", markersize=5)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3, fontsize="small", frameon=False)

# %% [markdown]
# ## Rank one, and what higher rank buys
#
# > *dL/dW is specifically rank-one. What is gained by higher-rank updates? Relation to FORCE / RLS / Full-FORCE.
# > Newton's method: higher than rank-one?*
#
# One sample gives rank one, under every rule; $B$ samples give at most $B$, and no more than the narrowest width.

# %%
answer(
    "rank_of_updates.py::one_sample_updates_have_rank_one",
    "rank_of_updates.py::rank_bound",
    "rank_of_updates.py::no_update_outgrows_the_narrowest_layer",
    "rank_of_updates.py::update_image",
    "rank_of_updates.py::collapsed_gradient",
    "seed_claims.py::batch_gradients_have_rank_one",
)

# %% [markdown]
# What it buys is steps. Kaczmarz solves a sample at a time with rank one, but forgets earlier ones. RLS, the rule in
# FORCE, keeps a matrix $P$ of full rank beside its rank-one updates, and has all samples so far solved. Newton's
# step has up to the rank of the batch, and needs one. (Full-FORCE is RLS on targets that a second network provides.)

# %%
answer(
    "higher_rank_updates.py::kaczmarz_solves_in_one_step",
    "higher_rank_updates.py::kaczmarz_changes_least",
    "higher_rank_updates.py::kaczmarz_keeps_earlier_samples",
    "higher_rank_updates.py::rls_solves_all_samples_so_far",
    "higher_rank_updates.py::rls_protects_what_is_settled",
    "higher_rank_updates.py::newton_solves_in_one_step",
    "higher_rank_updates.py::kaczmarz_updates_have_rank_one",
)

# %% [markdown]
# Counted: one layer, $4 \to 3$, six samples that some matrix solves. How many steps until the loss is below $10^{-6}$?

# %%
rng = np.random.default_rng(0)
X = rng.standard_normal((4, 6))
Y = rng.standard_normal((3, 4)) @ X


def steps_needed(rule, lr, batch, state=None, most=3000):
    """Count steps on the whole batch, or on one sample after the other; return them, and the rank of an update."""
    now, first = np.zeros((3, 4)), 0
    for step in range(most):
        columns = slice(None) if batch else slice(step % 6, step % 6 + 1)
        run = simulate(rule, [now], X[:, columns], Y[:, columns], lr=lr, steps=1, constants=state)
        now, state = run.weights[0][-1], {name: history[-1] for name, history in run.states.items()}
        first = first or np.linalg.matrix_rank(run.updates[0][0])
        if np.sum((now @ X - Y) ** 2) / 2 < 1e-6:
            return step + 1, first
    return f"more than {most}", first


for label, *case in (
    ("gradient, a sample a step", bp, 0.1, False),
    ("gradient, the batch", bp, 0.05, True),
    ("Kaczmarz, a sample a step", Kaczmarz(), 1.0, False),
    ("RLS, a sample a step", RecursiveLeastSquares(), 1.0, False, {"P_1": 1e6 * np.eye(4)}),
    ("Newton, the batch", Newton(), 1.0, True),
):
    count, rank = steps_needed(*case)
    print(f"{label:26} rank {rank}: {count} steps")

# %% [markdown]
# RLS has it after four samples, the dimension of the input: each settles one direction, up to the $10^{-6}$ of
# regularisation that $P$ starts with.
#
# ## Why did the updates look constant?
#
# > *Understand why for backprop: dL/dW does not change over training steps (uh, maybe a bug?)*
# >
# > *should be able to prove why W_update is constant for deep linear networks. Implications?*
#
# A bug: `train_steps*[layers*[None]]` is one list many times over ([audit](03_audit_of_the_seed.ipynb)). The updates do
# change. But something near it is true of target propagation with square, invertible weights: every error signal keeps
# its **direction** for all time, so that each weight moves within a family of rank one.

# %%
answer(
    "seed_claims.py::gradients_are_constant",
    "constant_direction.py::error_signals_keep_their_direction",
    "constant_direction.py::first_update_keeps_its_direction",
    "constant_direction.py::weights_stay_in_a_family_of_rank_one",
    "constant_direction.py::updates_are_constant",
    "constant_direction.py::wide_layers_keep_the_direction",
    "constant_direction.py::bp_keeps_the_direction",
)

# %% [markdown]
# The implication: with the directions fixed, only lengths are left to integrate. Measured, as the angle by which $d_1$
# turns:

# %%
rng = np.random.default_rng(3)
wide = [rng.standard_normal((4, 3)) / 2, rng.standard_normal((2, 4)) / 2]
cases = [
    ("TP, square", simulate(tp, start, x_0, y, lr=0.005, steps=300)),
    ("TP, wide hidden layer", simulate(tp, wide, rng.standard_normal(3), y, lr=0.005, steps=300)),
    ("BP, square", simulate(bp, start, x_0, y, lr=0.005, steps=300)),
]
fig, ax = plt.subplots(figsize=(6, 3.2), layout="constrained")
for (label, run), mark in zip(cases, MARKS, strict=False):
    d = run.error_signals[1][:, :, 0]
    cosine = d @ d[0] / np.linalg.norm(d, axis=1) / np.linalg.norm(d[0])
    ax.plot(np.degrees(np.arccos(np.clip(cosine, -1, 1))), **mark, markevery=30, label=label)
ax.set(xlabel="step", ylabel="angle of $d_1$ to its start (degrees)")
_ = ax.legend()

# %% [markdown]
# ## What dL/dx and dL/dW say
#
# > *confirm: does x[t] + alpha\*dL/dx[t] = x[t] + alpha\*(x_prevlayer[t])*
#
# It does not.

# %%
answer(
    "seed_claims.py::gradients_are_previous_activations",
    "seed_claims.py::outer_products_are_gradients",
)

# %% [markdown]
# > *dL/dx[l] says: move in this direction to reduce error. And dL/dW[l] says:*
#
# The sentence ends there. Its end: *turn the input that you saw into that move.* The update $-\eta\, d_l
# x_{l-1}^\top$, given its own input, moves $x_l$ along $-d_l$, by $\eta |x_{l-1}|^2$; for an input orthogonal to it,
# it does nothing.

# %%
own_input = Equal(
    matmul(bp.update(net, 2), net.activation(1)),
    matmul(-eta * squared_norm(net.activation(1)), net.error),
)
decide(own_input)

# %% [markdown]
# > *negative gradient of MSE* (a comment beside `x_end - y`)

# %%
answer("seed_claims.py::error_is_the_negative_gradient")

# %% [markdown]
# ## Images, kernels, preimages
#
# > *more generally: play with visualizations for images, kernel, preimage, etc.*
#
# A disc of inputs and its **images**, going up (blue); a disc around $y$ and its **preimages**, coming down (orange,
# shaded). Above with the seed's weights: images collapse to segments, preimages are strips along the kernel. Below
# after training by target propagation.

# %%
fig, axes = plt.subplots(2, 3, figsize=(9.6, 6.4), layout="constrained")
h, v = np.meshgrid(np.linspace(-2, 2, 200), np.linspace(-2, 2, 200))
circle = x_0[:, None] + 0.5 * np.array(
    [np.cos(turn := np.linspace(0, 2 * np.pi, 100)), np.sin(turn)]
)
for row, step, when in zip(axes, (0, steps), ("before", "after"), strict=True):
    now = [history[step] for history in tp_run.weights]
    for l, ax in enumerate(row):
        up = np.linalg.multi_dot([*now[:l][::-1], circle]) if l else circle
        above = np.linalg.multi_dot([np.eye(2), *now[l:][::-1], np.eye(2)])
        goal = y if step else W @ np.linalg.pinv(W) @ y
        distance = np.linalg.norm(np.stack([h, v], axis=-1) @ above.T - goal, axis=-1)
        ax.contourf(h, v, distance, [0, 0.5], colors=[MARKS[1]["color"]], alpha=0.3)
        ax.contour(h, v, distance, [0.5], colors=[MARKS[1]["color"]], linestyles="dashed")
        ax.plot(*up, color=MARKS[0]["color"], linewidth=2)
        ax.set(xlim=(-2, 2), ylim=(-2, 2), aspect=1, title=f"layer {l}, {when} training")

# %% [markdown]
# (Before training $y$ cannot be reached, so the discs in the first row are around the nearest point that can.)
#
# ## What is left open
#
# The seed's questions are settled, but not all that they lead to. How far the flow of target propagation integrates
# when three or more layers are wide is [open](../proofs/closed_form.py); so is how many quantities it conserves in
# general.
