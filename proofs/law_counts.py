"""How many laws do TP and BP have at given widths, and are those that we know all?

Each theorem says how many at its widths. Wherever the number is exact, as nearly everywhere, the laws that we know are
all that there are.

A law is a quantity that the flow conserves for all data and any loss. Each theorem here counts the independent ones at
some widths: that there are no more is proved by a rank of velocities carried back along one curve of training
(`certificates/FORMAT.md`), and that there are as many by laws with certificates whose differentials are independent.
Where only a bound is claimed, fewer laws are known than the bound admits. `open_questions.py` asks what the numbers are
at all widths.
"""

from tptheory.preamble import *


@theorem("TP has exactly one law at widths 1-2-2")
def tp_1_2_2():
    """The log-determinant is the only one; that is new here."""
    return LawCount(TP, (1, 2, 2), number=1)


@theorem("TP has exactly two laws at widths 1-3-2")
def tp_1_3_2():
    """The log-determinant, and the volume of the columns of $W_1$ and the rows of $W_2$; new here."""
    return LawCount(TP, (1, 3, 2), number=2)


@theorem("TP has exactly five laws at widths 1-4-2")
def tp_1_4_2():
    """The log-determinant, and the span of the columns of $W_1$ and the rows of $W_2$ with its volume; new here."""
    return LawCount(TP, (1, 4, 2), number=5)


@theorem("TP has exactly eight laws at widths 1-5-2")
def tp_1_5_2():
    """The log-determinant, and the span of the columns of $W_1$ and the rows of $W_2$ with its volume; new here."""
    return LawCount(TP, (1, 5, 2), number=8)


@theorem("TP has exactly two laws at widths 2-3-1")
def tp_2_3_1():
    """The log-determinant, and the volume of the columns of $W_1$ and the rows of $W_2$; new here."""
    return LawCount(TP, (2, 3, 1), number=2)


@theorem("TP has exactly five laws at widths 2-4-1")
def tp_2_4_1():
    """The log-determinant, and the span of the columns of $W_1$ and the rows of $W_2$ with its volume; new here."""
    return LawCount(TP, (2, 4, 1), number=5)


@theorem("TP has exactly one law at widths 2-3-2")
def tp_2_3_2():
    """The log-determinant is the only one; that is new here."""
    return LawCount(TP, (2, 3, 2), number=1)


@theorem("TP has exactly two laws at widths 2-4-2")
def tp_2_4_2():
    """The log-determinant, and the volume of the columns of $W_1$ and the rows of $W_2$; new here."""
    return LawCount(TP, (2, 4, 2), number=2)


@theorem("TP has exactly six laws at widths 2-5-2")
def tp_2_5_2():
    """The log-determinant, and the span of the columns of $W_1$ and the rows of $W_2$ with its volume; new here."""
    return LawCount(TP, (2, 5, 2), number=6)


@theorem("TP has exactly ten laws at widths 2-6-2")
def tp_2_6_2():
    """The log-determinant, and the span of the columns of $W_1$ and the rows of $W_2$ with its volume; new here."""
    return LawCount(TP, (2, 6, 2), number=10)


@theorem("TP has exactly one law at widths 3-4-2")
def tp_3_4_2():
    """The log-determinant is the only one; that is new here."""
    return LawCount(TP, (3, 4, 2), number=1)


@theorem("TP has exactly two laws at widths 3-5-2")
def tp_3_5_2():
    """The log-determinant, and the volume of the columns of $W_1$ and the rows of $W_2$; new here."""
    return LawCount(TP, (3, 5, 2), number=2)


@theorem("TP has exactly one law at widths 1-1-1")
def tp_1_1_1():
    """The log-determinant is the only one; that is new here."""
    return LawCount(TP, (1, 1, 1), number=1)


@theorem("TP has at most three laws at widths 1-2-1")
def tp_1_2_1():
    """One field is all there is, so that every orbit is a curve. Not all laws along it are known. New here."""
    return LawCount(TP, (1, 2, 1), at_most=3)


@theorem("TP has at most five laws at widths 1-3-1")
def tp_1_3_1():
    """One field is all there is, so that every orbit is a curve. Not all laws along it are known. New here."""
    return LawCount(TP, (1, 3, 1), at_most=5)


@theorem("TP has exactly two laws at widths 2-2-2-2")
def tp_2_2_2_2():
    """A log-determinant for each hidden layer; that there are no others is new here."""
    return LawCount(TP, (2, 2, 2, 2), number=2)


@theorem("TP has exactly two laws at widths 2-3-3-2")
def tp_2_3_3_2():
    """A log-determinant for each hidden layer; that there are no others is new here."""
    return LawCount(TP, (2, 3, 3, 2), number=2)


@theorem("TP has exactly two laws at widths 3-4-4-2")
def tp_3_4_4_2():
    """A log-determinant for each hidden layer; that there are no others is new here."""
    return LawCount(TP, (3, 4, 4, 2), number=2)


@theorem("TP has exactly two laws at widths 1-2-3-2")
def tp_1_2_3_2():
    """A log-determinant for each hidden layer; that there are no others is new here."""
    return LawCount(TP, (1, 2, 3, 2), number=2)


@theorem("TP has exactly three laws at widths 2-2-2-2-2")
def tp_2_2_2_2_2():
    """A log-determinant for each hidden layer; that there are no others is new here."""
    return LawCount(TP, (2, 2, 2, 2, 2), number=3)


@theorem("TP has at most three laws at widths 2-3-3-1")
def tp_2_3_3_1():
    """The log-determinants are two of them; what the others are is open. New here."""
    return LawCount(TP, (2, 3, 3, 1), at_most=3)


@theorem("TP has at most thirteen laws at widths 1-4-4-2")
def tp_1_4_4_2():
    """The log-determinants are two of them; what the others are is open. New here."""
    return LawCount(TP, (1, 4, 4, 2), at_most=13)


@theorem("BP has exactly three laws at widths 2-2-1")
def bp_2_2_1():
    """The entries of the balance that are independent (Marcotte et al., 2023)."""
    return LawCount(BP, (2, 2, 1), number=3)


@theorem("BP has exactly six laws at widths 2-3-2")
def bp_2_3_2():
    """The entries of the balance that are independent (Marcotte et al., 2023)."""
    return LawCount(BP, (2, 3, 2), number=6)


@theorem("BP has exactly six laws at widths 1-3-2")
def bp_1_3_2():
    """The entries of the balance that are independent (Marcotte et al., 2023)."""
    return LawCount(BP, (1, 3, 2), number=6)


@theorem("BP has exactly nine laws at widths 1-4-2")
def bp_1_4_2():
    """The entries of the balance that are independent (Marcotte et al., 2023)."""
    return LawCount(BP, (1, 4, 2), number=9)


@theorem("BP has exactly twelve laws at widths 1-5-2")
def bp_1_5_2():
    """The entries of the balance that are independent (Marcotte et al., 2023)."""
    return LawCount(BP, (1, 5, 2), number=12)


@theorem("BP has exactly twelve laws at widths 2-5-1")
def bp_2_5_1():
    """The entries of the balance that are independent (Marcotte et al., 2023)."""
    return LawCount(BP, (2, 5, 1), number=12)


@theorem("BP has exactly twenty laws at widths 2-6-3")
def bp_2_6_3():
    """The entries of the balance that are independent (Marcotte et al., 2023)."""
    return LawCount(BP, (2, 6, 3), number=20)


@theorem("BP has exactly three laws at widths 1-2-1")
def bp_1_2_1():
    """The entries of the balances (Marcotte et al., 2023, for two layers); deeper, new here."""
    return LawCount(BP, (1, 2, 1), number=3)


@theorem("BP has exactly one law at widths 1-1-1")
def bp_1_1_1():
    """The entries of the balances (Marcotte et al., 2023, for two layers); deeper, new here."""
    return LawCount(BP, (1, 1, 1), number=1)


@theorem("BP has exactly six laws at widths 2-2-2-2")
def bp_2_2_2_2():
    """The entries of the balances that are independent; that there are no others is new here."""
    return LawCount(BP, (2, 2, 2, 2), number=6)


@theorem("BP has exactly nine laws at widths 2-2-2-2-2")
def bp_2_2_2_2_2():
    """The entries of the balances that are independent; that there are no others is new here."""
    return LawCount(BP, (2, 2, 2, 2, 2), number=9)


@theorem("BP has exactly twenty laws at widths 1-4-4-2")
def bp_1_4_4_2():
    """The entries of the balances that are independent; that there are no others is new here."""
    return LawCount(BP, (1, 4, 4, 2), number=20)


@theorem("BP has exactly eight laws at widths 4-1-4-1")
def bp_4_1_4_1():
    """The entries of the balances (Marcotte et al., 2023, for two layers); deeper, new here."""
    return LawCount(BP, (4, 1, 4, 1), number=8)


@theorem("BP has exactly eight laws at widths 1-4-1-4")
def bp_1_4_1_4():
    """The entries of the balances (Marcotte et al., 2023, for two layers); deeper, new here."""
    return LawCount(BP, (1, 4, 1, 4), number=8)


@theorem("BP has exactly eight laws at widths 2-1-4-1")
def bp_2_1_4_1():
    """The entries of the balances (Marcotte et al., 2023, for two layers); deeper, new here."""
    return LawCount(BP, (2, 1, 4, 1), number=8)


@theorem("BP has at most eight laws at widths 1-2-2-1-2")
def bp_1_2_2_1_2():
    """The balances give fewer, as the weights between layers of width 1 move along one curve. New here."""
    return LawCount(BP, (1, 2, 2, 1, 2), at_most=8)


@theorem("BP has at most eleven laws at widths 3-1-3-2-1")
def bp_3_1_3_2_1():
    """The balances give fewer, as the weights between layers of width 1 move along one curve. New here."""
    return LawCount(BP, (3, 1, 3, 2, 1), at_most=11)
