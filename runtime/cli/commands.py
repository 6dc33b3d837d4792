"""The growing command: its groups, and the fault by which a command ends with one clear line."""

from __future__ import annotations

import typer


class CommandFailed(Exception):
    """A command cannot do what was asked; the message is the one line that is shown.

    `exit_code` is 1 for a failure, 2 for bad input.
    """

    code = "command-failed"

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class Commands:
    """The application that modules register their commands with; a group is made when the first module asks for it."""

    def __init__(self) -> None:
        self.application = typer.Typer(
            name="onething",
            help="One errand, many departments: run the one-thing platform and look into its cases.",
            no_args_is_help=True,
            rich_markup_mode="markdown",
            pretty_exceptions_enable=False,
            add_completion=False,
        )
        self._groups: dict[str, typer.Typer] = {}

    def group(self, name: str, help: str) -> typer.Typer:
        """The group `onething NAME …`."""
        if name not in self._groups:
            self._groups[name] = typer.Typer(no_args_is_help=True, rich_markup_mode="markdown")
            self.application.add_typer(self._groups[name], name=name, help=help)
        return self._groups[name]

    def case_group(self) -> typer.Typer:
        """The group of commands about one case."""
        return self.group("case", "One case: submit, look at, erase.")

    def adapter_group(self) -> typer.Typer:
        """The group of commands about departments' systems."""
        return self.group("adapter", "Departments' systems: begin one, check it, say how it is reached.")

    def bundle_group(self) -> typer.Typer:
        """The group of commands about bundles."""
        return self.group("bundles", "The one-things that can be applied for: list, show, check, try.")
