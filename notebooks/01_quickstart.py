# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Quickstart
#
# How does a deep linear network $x_l = W_l x_{l-1}$ learn? You name a rule, state what you believe of it, and get
# a proof that a stranger can check, or small matrices that break it. Ten cells, a second each at most.

# %%
from IPython.display import display
from sympy import Symbol

from tptheory import (
    Backprop,
    DeepLinearNetwork,
    Equal,
    ForAll,
    TargetProp,
    crosscheck,
    decide,
    partial_isometry,
)

net = DeepLinearNetwork(depth=2)
net

# %% [markdown]
# A rule is a **feedback operator**: it says how an error $d_l$ at one layer becomes an error at the layer below.
# Backpropagation sends it through the transpose, target propagation through the Moore-Penrose inverse $W^+$.

# %%
bp, tp = Backprop(), TargetProp()
display(bp, tp)

# %% [markdown]
# **Derive.** All else follows from the feedback: here, what one step of target propagation does to each weight.
# These are SymPy matrix expressions, at any widths $n_0, n_1, n_2$.

# %%
tp.step(net)

# %% [markdown]
# **Conjecture.** Are the two rules the same? They treat the output layer alike. Do they agree on $W_1$?

# %%
conjecture = Equal(tp.update(net, 1), bp.update(net, 1))
conjecture

# %% [markdown]
# **Refute.** No: and these are the smallest integers that show it. Check them by hand: $2^+ = 1/2$, and $2^{\top} = 2$.

# %%
refuted = decide(conjecture)
refuted

# %% [markdown]
# **Prove.** What goes wrong is the size of the singular values. If all of them are 0 or 1, that is, if $W_2$ is a
# *partial isometry*, $W W^{\top} W = W$, the updates agree: not on examples, but for all real matrices of all sizes.

# %%
proved = decide(
    Equal(tp.update(net, 1), bp.update(net, 1), given=[partial_isometry(net.weight(2))])
)
proved

# %% [markdown]
# The proof is a chain of equations, and each line names what it uses.

# %%
proved.certificate

# %% [markdown]
# Behind the chain there is a certificate: exact identities with every cofactor written out. A checker in one file,
# which imports nothing but the standard library, replays them; you need not trust the search that found them. The
# same machine proves claims about **every depth** $L$ at once, by induction over the layers.

# %%
L, l, k = (Symbol(name, integer=True) for name in "Llk")
deep = DeepLinearNetwork(depth=L)
isometries = ForAll(partial_isometry(deep.weight(k)), (k, 2, L))
at_any_depth = decide(
    ForAll(Equal(tp.update(deep, l), bp.update(deep, l)), (l, 1, L), given=[isometries])
)
display(at_any_depth)
print(proved.certificate.check(), at_any_depth.certificate.check())

# %% [markdown]
# **Cross-check.** One step stays outside the certificate: how SymPy's expressions became its words. So a proved claim
# is measured too, on random instances that meet its hypotheses, in floating point and in exact rationals.

# %%
crosscheck(proved.claim, trials=100)

# %% [markdown]
# **LaTeX.** The statement and its proof, ready for a paper; the counterexample too.

# %%
print(proved.latex(), proved.certificate.latex(), refuted.latex(), sep="\n\n")

# %% [markdown]
# Next: [your own rule](05_your_own_rule.ipynb), in five lines, or
# [the notebook that this project grew from](02_target_prop_in_a_deep_linear_network.ipynb), answered.
