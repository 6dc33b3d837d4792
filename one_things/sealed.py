"""Personal data as the record holds it: sealed under the case's own key, opaque to every rule."""

from one_things.model import Record


class Sealed(Record):
    """A sealed value. Only who holds the case's key can open it; destroying the key erases it.

    ``suite`` names the crypto suite that sealed it, ``data`` is the sealed bytes in URL-safe base64.
    Source of the rule: 个人信息保护法 47 (erasure) beside an append-only record.
    """

    suite: str
    data: str
