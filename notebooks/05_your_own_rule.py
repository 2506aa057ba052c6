# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Your own rule
#
# A learning rule is one method, `feedback(net, l)`: the matrix $M_l$ that takes the error at layer $l$ to layer $l-1$.
# Everything else follows from it: updates, targets, flows, laws, theorems, simulation and training. Here is a rule
# that nobody asked for, half backpropagation and half target propagation, in five lines.

# %%
from tptheory import Pinv, Rule, matadd


class Mixed(Rule):
    name, title = "mixed", "Half and half"

    def feedback(self, net, l):
        W = net.weight(l)
        return matadd(W.T / 2, Pinv(W) / 2)


Mixed()

# %% [markdown]
# ## Its updates
#
# One step, and the target that it proposes for the hidden layer, at any widths.

# %%
from IPython.display import display

from tptheory import DeepLinearNetwork

net, mixed = DeepLinearNetwork(depth=2), Mixed()
display(mixed.step(net), mixed.target(net, 1))

# %% [markdown]
# ## Its theorems
#
# Does the loss ever rise along its flow? Never, at depth 2, whatever the ranks of the weights: the rate is minus a sum
# of squares, which the prover finds by itself.

# %%
from tptheory import Nonincreasing, decide

descends = decide(Nonincreasing(net.loss, along=mixed.flow(net)))
display(descends)
print(descends.certificate.explain().splitlines()[-1])

# %% [markdown]
# If layer 1 moves to its target, does the output move to its own? Target propagation promises that for a $W_2$ of full
# row rank. This rule does not.

# %%
from tptheory import Equal, alpha, full_row_rank, matmul

W1, W2 = net.weights
moved = matmul(W2, mixed.target(net, 1) - net.activation(1))
decide(Equal(moved, matmul(-alpha, net.error), given=[full_row_rank(W2)]))

# %% [markdown]
# But it does if the rows of $W_2$ are orthonormal.

# %%
from sympy import Identity

decide(Equal(moved, matmul(-alpha, net.error), given=[Equal(matmul(W2, W2.T), Identity(W2.rows))]))

# %% [markdown]
# ## Its laws
#
# Backpropagation conserves $|W_2|^2 - |W_1|^2$ along its flow, target propagation
# $\log\operatorname{pdet} W_2 - \tfrac12 |W_1|^2$. Half and half of the feedback might conserve half and half of the
# laws. It does; and neither of the two by itself.

# %%
from tptheory import Conserved, LogPdet, squared_norm

flow = mixed.flow(net)
bp_law = squared_norm(W2) / 2 - squared_norm(W1) / 2
tp_law = LogPdet(W2) - squared_norm(W1) / 2
display(*(decide(Conserved(law, along=flow)) for law in (bp_law / 2 + tp_law / 2, bp_law, tp_law)))

# %% [markdown]
# And if you have no guess? At numbered widths the laws of a flow can be **counted**, from the Lie algebra that the data
# span, and **searched for**; what is found is certified as above. For this rule the search comes back with the same law,
# and the count says that there is no other.

# %%
from tptheory import conservation_laws

found = conservation_laws(mixed, widths=(2, 2, 1))
display(found, *found.laws)

# %% [markdown]
# ## Simulated
#
# The same definition, on numbers. Three rules start from the same weights; the losses fall, and the law of the mixed
# rule stands still, up to what a finite step size leaves.

# %%
import matplotlib.pyplot as plt
import numpy as np

from tptheory import Backprop, TargetProp, evaluate, simulate
from tptheory.writing.figures import MARKS

rng = np.random.default_rng(1)
weights = [rng.standard_normal((3, 4)) / 2, rng.standard_normal((2, 3)) / 2]
x, y = rng.standard_normal(4), rng.standard_normal(2)
runs = [
    simulate(rule, weights, x, y, lr=0.01, steps=150) for rule in (Backprop(), TargetProp(), mixed)
]

fig, (left, right) = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
for run, mark in zip(runs, MARKS, strict=False):
    values = [
        evaluate(bp_law / 2 + tp_law / 2, {W1: W1_t, W2: W2_t})
        for W1_t, W2_t in zip(*run.weights, strict=True)
    ]
    left.semilogy(run.loss, **mark, markevery=15, label=run.rule.title)
    right.plot(np.array(values) - values[0], **mark, markevery=15)
left.set(xlabel="step", ylabel="loss")
right.set(xlabel="step", ylabel="change of the mixed rule's law")
_ = left.legend()

# %% [markdown]
# ## Trained
#
# And on handwritten digits, with biases and softmax cross-entropy, beside its parents.

# %%
from tptheory import train

for rule in (Backprop(), TargetProp(), mixed):
    run = train(rule, steps=200)
    print(f"{rule.title:16} {run.test_accuracy:6.1%} of the test digits right;  {run.message}")

# %% [markdown]
# To have the rule on the command line and in the report, add it to `RULES` in `tptheory/symbolic/rules.py`. To keep a
# theorem, put a function that returns its claim into a file in [`proofs/`](../proofs), under `@theorem("...")`.
