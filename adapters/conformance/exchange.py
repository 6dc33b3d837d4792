"""One call of the kit and what came of it: the evidence that a report shows."""

import re
from dataclasses import dataclass
from typing import Any, Final

from pydantic_core import from_json

_SHOWN_CHARACTERS: Final = 300
_INTERNALS: Final = re.compile(
    r"Traceback \(most recent call last\)"
    r"|File \"[^\"]+\", line \d+"
    r"|\bat [\w.$<>]+\([\w$]+\.(java|kt|scala):\d+\)"
    r"|\bat .+ in .+:line \d+"
    r"|goroutine \d+ \["
    r"|ORA-\d{5}|SQLSTATE\["
)


@dataclass(frozen=True)
class Exchange:
    """``status`` is 0 when no whole answer came; ``trouble`` then says why."""

    method: str
    path: str
    note: str
    """What is particular about this call: another body, no credential."""
    status: int
    body: bytes
    seconds: float
    headers: dict[str, str]
    trouble: str = ""

    @property
    def leaks_internals(self) -> bool:
        """Whether the answer shows how the department's system is made."""
        return _INTERNALS.search(self.text) is not None

    @property
    def text(self) -> str:
        """The answer's body, readable."""
        return self.body.decode("utf-8", "replace")

    @property
    def json(self) -> Any:
        """What the body means; None when it is no JSON."""
        try:
            return from_json(self.body)
        except ValueError:
            return None

    def said(self) -> tuple[int, Any]:
        """Status and meaning: two answers that are equal in it are the same answer."""
        meant = self.json
        return self.status, self.body if meant is None else meant

    def line(self) -> str:
        """The call in one line."""
        what = f"{self.method} {self.path}" + (f" ({self.note})" if self.note else "")
        return f"{what} → {self.trouble or self.status} in {self.seconds * 1000:.0f} ms"

    def came(self) -> str:
        """What came back, short."""
        if self.trouble:
            return self.trouble
        shown = " ".join(self.text.split())
        return f"{self.status} {shown[:_SHOWN_CHARACTERS]}{'…' if len(shown) > _SHOWN_CHARACTERS else ''}"
