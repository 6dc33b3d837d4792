"""What else lies on the desk of a department without a system: documents to sign, reports of promises."""

from event_store.migrations import run_file

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Executes the file beside this one."""
    run_file("0015_signatures_and_reports.sql")
