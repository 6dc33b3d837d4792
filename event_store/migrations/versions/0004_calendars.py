"""Published calendars, and which cases have dates that wait for one."""

from event_store.migrations import run_file

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Executes the file beside this one."""
    run_file("0004_calendars.sql")
