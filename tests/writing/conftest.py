"""What the tests of the written word share."""

import xml.etree.ElementTree as ElementTree

import pytest


@pytest.fixture(scope="session")
def read_xml():
    """Give a function that reads XML, and fails where it is not well formed."""
    return lambda text: ElementTree.fromstring(text)  # noqa: S314  the text was written by the test
