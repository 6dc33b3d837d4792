"""What was looked up, and answers that may be used again."""

from event_store.migrations import run_file

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Executes the file beside this one."""
    run_file("0013_look_ups.sql")
