"""Several people may be named for one party while a case is being confirmed."""

from event_store.migrations import run_file

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Executes the file beside this one."""
    run_file("0007_signers_of_confirmations.sql")
