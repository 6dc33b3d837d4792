"""A title broken into the lines of a box: SVG does not break lines itself."""

from collections.abc import Iterator
from unicodedata import east_asian_width

_WIDE = 1.0
_NARROW = 0.56  # a Latin letter's width beside a Chinese character's, on average in the fonts we name


def lines_of(title: str, most_wide: float, most_lines: int = 2) -> list[str]:
    """``title`` in at most ``most_lines`` lines of ``most_wide`` Chinese characters; what is left over ends in "…"."""
    lines = [""]
    for piece in _pieces(title):
        if _width(lines[-1] + piece.rstrip()) <= most_wide or not lines[-1]:
            lines[-1] += piece
        else:
            lines.append(piece.lstrip())
    lines = [line.rstrip() for line in lines]
    if len(lines) > most_lines:
        lines = lines[:most_lines]
        last = lines[-1]
        while _width(last + "…") > most_wide and last:
            last = last[:-1]
        lines[-1] = last.rstrip() + "…"
    return lines


def _pieces(title: str) -> Iterator[str]:
    """Words with the space after them, and single Chinese characters with the punctuation after them."""
    word = ""
    for character in title:
        if _is_wide(character):
            if word:
                yield word
                word = ""
            yield character
        else:
            word += character
            if character in " -/":
                yield word
                word = ""
    if word:
        yield word


def _width(text: str) -> float:
    return sum(_WIDE if _is_wide(character) else _NARROW for character in text)


def _is_wide(character: str) -> bool:
    return east_asian_width(character) in "WF"
