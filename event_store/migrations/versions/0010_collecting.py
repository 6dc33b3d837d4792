"""How far the decisions of departments that send nothing were collected, and what was refused of them."""

from event_store.migrations import run_file

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Executes the file beside this one."""
    run_file("0010_collecting.sql")
