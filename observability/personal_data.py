"""What must not reach a log line or a trace: personal numbers, names, and the values that exceptions quote.

个人信息保护法 51 asks for it. Names have no pattern, but they are Chinese and our messages are English: Chinese
characters in a message are taken for data, whether a name, an address or what somebody wrote.
"""

import re
from collections.abc import Iterable
from typing import Final

REDACTED: Final = "[redacted]"
LONGEST_TEXT: Final = 2000
"""Characters of one text in a log line or an attribute; more helps nobody and may be a pasted form."""

_LONGEST_REASON = 300
_PLACES_SHOWN = 10

# Digits may be grouped as people write them. No further digit may touch either end: a longer number is something else.
_NUMBERS: Final = re.compile(
    r"(?<!\d)(?:"
    r"\d{6}[ -]?\d{8}[ -]?\d{3}[\dXx]"  # identity number, GB 11643
    r"|\d{15}"  # identity number before 1999
    r"|(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}"  # mobile number, also with the country code
    r")(?!\d)"
)
# Unified social credit code, GB 32100; digests and trace ids are longer runs of letters and digits and stay.
_CREDIT_CODE: Final = re.compile(
    r"(?<![0-9A-Za-z])[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}(?![0-9A-Za-z])", re.IGNORECASE
)
# Characters of names (also 阿不都·热合曼), as they are and as they stand in a URL (%E5%BC%A0).
_CHINESE: Final = re.compile(
    r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
    r"[·•\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]*"
    r"|(?:%[89A-Fa-f][0-9A-Fa-f])+"
)
_QUERY: Final = re.compile(r"\?[^\s\"'?=]*=[^\s\"']*")
_CREDENTIALS: Final = re.compile(r"(?<=://)[^\s/@\"']+@")


def redact(text: str) -> str:
    """`text` without personal numbers, Chinese characters, URL queries and credentials; cut when long."""
    if len(text) > LONGEST_TEXT:
        text = f"{text[:LONGEST_TEXT]}…"
    if "?" in text:
        text = _QUERY.sub("?" + REDACTED, text)
    if "@" in text:
        text = _CREDENTIALS.sub(REDACTED + "@", text)
    if not text.isascii() or "%" in text:
        text = _CHINESE.sub(REDACTED, text)
    return _NUMBERS.sub(REDACTED, _CREDIT_CODE.sub(REDACTED, text))


def reason(error: BaseException) -> str:
    """The message of an exception, without the values that caused it.

    Validation errors (pydantic, FastAPI) quote the input: of them only places and kinds are told. PostgreSQL puts
    row values into the lines after the first: those are left out.
    """
    if (places := _validation_places(error)) is not None:
        return redact(places)
    first_line = str(error).partition("\n")[0]
    return redact(first_line[:_LONGEST_REASON])


def _validation_places(error: BaseException) -> str | None:
    errors = getattr(error, "errors", None)
    if not callable(errors):
        return None
    found = errors()
    if not isinstance(found, Iterable):
        return None
    faults = [fault for fault in found if isinstance(fault, dict)]
    places = [f"{'.'.join(map(str, fault.get('loc', ())))}: {fault.get('type', '')}" for fault in faults]
    more = f" and {len(places) - _PLACES_SHOWN} more" if len(places) > _PLACES_SHOWN else ""
    return "; ".join(places[:_PLACES_SHOWN]) + more
