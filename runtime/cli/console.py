"""Where commands speak: results on standard output, everything about the way there on standard error."""

from rich.console import Console

results = Console(soft_wrap=True, highlight=False, markup=False)
"""What was asked for."""

errors = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)
"""What is being waited for, and what went wrong."""
