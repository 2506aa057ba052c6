"""Count the conservation laws of ten nets of depth 2 and 3, widths 2 to 4: ``python -m tests.benchmarks.conservation``.

For each net the laws of BP and TP are counted over two prime fields, and looked for among words of two letters.
"""

from __future__ import annotations

from time import perf_counter

from rich.console import Console
from rich.table import Table

from tptheory import RULES, conservation_laws, count_conservation_laws

NETS = (
    (2, 2, 2),
    (2, 3, 2),
    (3, 4, 2),
    (4, 3, 4),
    (4, 4, 4),
    (2, 2, 2, 2),
    (2, 3, 3, 2),
    (3, 4, 4, 3),
    (4, 2, 4, 2),
    (4, 4, 4, 4),
)


def main() -> None:
    """Print a table of counts and times."""
    columns = ("widths", "rule", "parameters", "rank", "orders", "laws", "found", "proved", "count s", "search s")
    table = Table(*columns, title="Conservation laws, by count over two primes and by search")
    total = 0.0
    for widths in NETS:
        for name in ("bp", "tp"):
            start = perf_counter()
            counted = count_conservation_laws(RULES[name](), widths)
            middle = perf_counter()
            laws = conservation_laws(RULES[name](), widths)
            counting, searching = middle - start, perf_counter() - middle
            total += counting
            net = ("-".join(map(str, widths)), name, counted.dimension)
            facts = (*net, counted.rank, len(counted.ranks), counted.count, laws.count)
            table.add_row(*map(str, facts), str(laws.certified), f"{counting:.2f}", f"{searching:.2f}")
    console = Console()
    console.print(table)
    console.print(f"All {2 * len(NETS)} counts took {total:.1f} s.")


if __name__ == "__main__":
    main()
