"""The desk of departments that have no system of their own: who works on what, and what they did."""

from event_store.migrations import run_file

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Executes the file beside this one."""
    run_file("0012_workbench.sql")
