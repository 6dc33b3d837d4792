"""How departments' systems are doing."""

from event_store.migrations import run_file

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Executes the file beside this one."""
    run_file("0009_department_health.sql")
