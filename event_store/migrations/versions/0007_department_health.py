"""How departments' systems are doing."""

from event_store.migrations import run_file

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Executes the file beside this one."""
    run_file("0007_department_health.sql")
