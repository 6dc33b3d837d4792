"""The public number of a case: who allocated it, in which year, and which one it was."""


def case_number(city: str, year: int, serial: int) -> str:
    """The number as people write it, e.g. ``4419-2026-000017``."""
    return f"{city}-{year}-{serial:06d}"
