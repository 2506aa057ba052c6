"""The hundred statements that are known best, sixty true and forty false; other lists by their sources; and all."""

from __future__ import annotations

from tests.benchmarks.statements import (
    deep,
    determinants,
    inverses,
    literature_deep,
    literature_derivatives,
    literature_determinants,
    literature_idempotents,
    literature_inverses,
    literature_kinds,
    literature_nets,
    literature_order,
    literature_projections,
    literature_ranks,
    literature_rules,
    literature_sums,
    literature_traces,
    matrices,
    nets,
    papers_forms,
    papers_inverses,
    papers_nets,
    positive,
    products,
    projections,
    ranks,
    textbook_equations,
    textbook_forms,
    textbook_inequalities,
    textbook_numbers,
    traces,
    updates,
    vectors,
)
from tests.benchmarks.statements.statement import Statement

AREAS = (inverses, products, updates, ranks, projections, matrices, positive, vectors, traces, determinants, nets, deep)

HUNDRED: list[Statement] = [statement for area in AREAS for statement in area.KNOWN]
TEXTBOOKS: list[Statement] = [
    statement
    for module in (textbook_equations, textbook_numbers, textbook_forms, textbook_inequalities)
    for statement in module.STATEMENTS
]
PAPERS: list[Statement] = [
    statement for module in (papers_nets, papers_inverses, papers_forms) for statement in module.STATEMENTS
]
LITERATURE: list[Statement] = [
    statement
    for module in (
        literature_ranks,
        literature_idempotents,
        literature_inverses,
        literature_sums,
        literature_kinds,
        literature_order,
        literature_traces,
        literature_determinants,
        literature_projections,
        literature_derivatives,
        literature_nets,
        literature_rules,
        literature_deep,
    )
    for statement in module.STATEMENTS
]
"""Of textbooks and papers, chosen after the statements of all other modules had been tried."""
EVERY: list[Statement] = [
    *(statement for area in AREAS for statement in (*area.KNOWN, *area.FURTHER)),
    *TEXTBOOKS,
    *PAPERS,
    *LITERATURE,
]
