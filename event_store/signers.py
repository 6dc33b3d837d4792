"""In which cases somebody is asked to sign, found by a keyed digest of who they are."""

from collections.abc import Sequence

from event_store.case_projection import state_from_json
from event_store.intake import Signer
from event_store.pool import Database
from event_store.queries import load
from one_things.case import CaseState

SQL = load("signers")
MOST_CASES = 200
"""So many cases of one signer are looked at, the newest first."""


class Signers:
    """Who signs where. Rows are written with the case's number, or when it is confirmed, and deleted with its key."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def cases_of(self, identity_mac: bytes) -> list[CaseState]:
        """The open cases in which this person is a party, as the read models show them, the newest first."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(SQL["open_cases"], identity_mac, MOST_CASES)
        return [state_from_json(row["state"]) for row in rows]

    async def put(self, case_no: str, signers: Sequence[Signer]) -> None:
        """These may be asked to sign in a case that has its number already; nothing once it is erased.

        Who is a party the plan of the case says: a row of a confirmation that did not count finds nothing.
        """
        async with self._database.connection() as connection:
            await connection.execute(
                SQL["put"], case_no, [one.party for one in signers], [one.identity_mac for one in signers]
            )
