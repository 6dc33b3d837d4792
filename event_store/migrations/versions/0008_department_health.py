"""How departments' systems are doing."""

from event_store.migrations import run_file

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Executes the file beside this one."""
    run_file("0008_department_health.sql")
