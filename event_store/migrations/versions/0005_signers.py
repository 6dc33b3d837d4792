"""Who is asked to sign in which case."""

from event_store.migrations import run_file

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Executes the file beside this one."""
    run_file("0005_signers.sql")
