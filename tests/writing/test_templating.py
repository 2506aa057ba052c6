"""What templates write of numbers."""

import pytest

from tptheory.writing.templating import html_environment, tex_environment

NUMBERS = {
    None: ("–", "--"),
    0.0: ("0", "$0$"),
    9.0: ("9", "$9$"),
    -0.25: ("−0.25", "$-0.25$"),
    1234.0: ("1234", "$1234$"),
    4.382e-15: ("4.382 × 10<sup>−15</sup>", r"$4.382\times 10^{-15}$"),
    -2.5e7: ("−2.500 × 10<sup>7</sup>", r"$-2.500\times 10^{7}$"),
}


@pytest.mark.parametrize(("number", "written"), NUMBERS.items())
def test_a_measured_number_has_one_notation(number, written):
    """Powers of ten and minus signs, whatever its size."""
    pages = (html_environment(), tex_environment())
    assert tuple(str(page.filters["number"](number)) for page in pages) == written


def test_a_residual_has_two_digits():
    """In the same notation."""
    assert str(html_environment().filters["residual"](1.081e-8)) == "1.1 × 10<sup>−8</sup>"
