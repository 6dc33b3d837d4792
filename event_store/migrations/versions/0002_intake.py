"""Case numbers, requests and the outbox of workflow starts."""

from event_store.migrations import run_file

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Executes the file beside this one."""
    run_file("0002_intake.sql")
