"""A difference in the last digit, as the linear algebra library makes it, does not reach the PDF."""

from __future__ import annotations

import io

import matplotlib.pyplot as plt
import pytest

from reversal.report.figure.pdf_numbers import rounded_numbers


def pdf(shift: float, rounded: bool) -> bytes:
    """A line and its markers, both moved by ``shift`` points."""
    figure = plt.figure(figsize=(4, 4))
    for marker in ("", "o"):
        line = plt.Line2D([0.2 + shift / 288, 0.8], [0.25, 0.75 + shift / 288], marker=marker)
        figure.add_artist(line)
    figure.text(0.5 + shift / 288, 0.5, "text")
    stream = io.BytesIO()
    about = {"CreationDate": None, "ModDate": None}
    with plt.rc_context({"pdf.compression": 0}):
        if rounded:
            with rounded_numbers():
                figure.savefig(stream, format="pdf", metadata=about)
        else:
            figure.savefig(stream, format="pdf", metadata=about)
    plt.close(figure)
    return stream.getvalue()


def test_a_last_digit_does_not_change_the_file() -> None:
    assert pdf(0.0, rounded=False) != pdf(8e-7, rounded=False)
    assert pdf(0.0, rounded=True) == pdf(8e-7, rounded=True)


def test_a_visible_difference_does() -> None:
    assert pdf(0.0, rounded=True) != pdf(0.01, rounded=True)


@pytest.mark.parametrize("rounded", [True, False])
def test_the_backend_is_left_as_it_was(rounded: bool) -> None:
    before = pdf(0.0, rounded=False)
    pdf(0.0, rounded=rounded)
    assert pdf(0.0, rounded=False) == before
