"""Calls of departments that were refused at the door."""

from event_store.migrations import run_file

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Executes the file beside this one."""
    run_file("0014_refused_calls.sql")
