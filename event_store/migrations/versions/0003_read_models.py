"""Read models and their checkpoints."""

from event_store.migrations import run_file

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Executes the file beside this one."""
    run_file("0003_read_models.sql")
