"""The hundred statements that are known best, sixty true and forty false, and all that there are."""

from __future__ import annotations

from tests.benchmarks.statements import (
    deep,
    determinants,
    inverses,
    matrices,
    nets,
    positive,
    products,
    projections,
    ranks,
    traces,
    updates,
    vectors,
)
from tests.benchmarks.statements.statement import Statement

AREAS = (inverses, products, updates, ranks, projections, matrices, positive, vectors, traces, determinants, nets, deep)

HUNDRED: list[Statement] = [statement for area in AREAS for statement in area.KNOWN]
EVERY: list[Statement] = [statement for area in AREAS for statement in (*area.KNOWN, *area.FURTHER)]
