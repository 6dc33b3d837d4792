"""The record, its heads and the keys of cases."""

from event_store.migrations import run_file

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Executes the file beside this one."""
    run_file("0001_record.sql")
