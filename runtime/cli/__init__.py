"""The `onething` command: one module per group of commands, each with a `register` function.

What a command does lives elsewhere; here is how it is asked for, what it says while it waits, and how it fails.
No rule of the domain and no SQL lives here.
"""

from runtime.cli.application import main

__all__ = ["main"]
