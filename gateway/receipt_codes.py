"""The receipt's QR code, for pages and for PDF: the address at which anybody can have it verified."""

from collections.abc import Iterator

import segno
from markupsafe import Markup

_QUIET_ZONE = 4  # modules; ISO/IEC 18004, 5.3.8


def code_drawing(address: str, label: str) -> Markup:
    """The code as an SVG element that takes its size from the page."""
    return Markup(  # noqa: S704 - made of numbers; the label is escaped by segno
        _code(address).svg_inline(omitsize=True, border=_QUIET_ZONE, title=label, light="#fff", svgclass="qr-code")
    )


def dark_modules(address: str) -> tuple[int, Iterator[tuple[int, int]]]:
    """Modules along one side, and column and row of each dark one, from the top left."""
    code = _code(address)
    rows = list(code.matrix_iter(border=_QUIET_ZONE))
    dark = ((column, row) for row, modules in enumerate(rows) for column, is_dark in enumerate(modules) if is_dark)
    return len(rows), dark


def _code(address: str) -> segno.QRCode:
    # Least error correction: the address is long, and a coarser code is easier to read from paper than a dense one.
    return segno.make_qr(address, error="l")
