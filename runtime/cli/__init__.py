"""The `onething` command: one module per group of commands, each with a `register` function.

What a command does lives elsewhere; here is how it is asked for, what it says while it waits, and how it fails.
No rule of the domain and no SQL lives here.
"""

import sys
from typing import NoReturn

from runtime.cli import application
from runtime.process import leave

__all__ = ["main"]


def main() -> NoReturn:
    """The command as a process: it ends with the command's exit code, whatever it had loaded."""
    try:
        application.main()
    except SystemExit as ended:
        if not isinstance(ended.code, int | None):
            print(ended.code, file=sys.stderr)
            leave(1)
        leave(ended.code or 0)
