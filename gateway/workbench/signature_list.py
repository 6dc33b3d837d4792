"""The documents that an institution without a system is to sign: the soonest end first, each with a light."""

from datetime import UTC, date, datetime, timedelta

from event_store.workbench import Claim, SignatureQuery, SignatureRow
from gateway.services import GatewayServices
from gateway.texts import text
from gateway.views.clock_view import Light
from gateway.views.moments import last_day
from gateway.workbench.claims import ClaimView, claim_view
from gateway.workbench.cursors import cursor_of, place_of
from gateway.workbench.desk import Desk
from gateway.workbench.inbox import light_of
from one_things.inbox import InboxState
from one_things.model import Record
from one_things.text import Text


class DocumentToSign(Record):
    """A document in the list."""

    case_no: str
    item: str
    party: str
    title: Text
    """Of the item before which it is signed."""
    bundle_title: Text
    until: date
    """The last day to sign, in Asia/Shanghai."""
    light: Light
    light_text: Text
    claim: ClaimView
    location: str


class DocumentsToSign(Record):
    """A page, the soonest end first. ``next`` is the cursor of the page after it; None on the last."""

    department: str
    documents: tuple[DocumentToSign, ...]
    next: str | None = None


def signature_location(department: str, case_no: str, item: str, party: str) -> str:
    """The path of a document on the workbench."""
    return f"/workbench/{department}/signatures/{case_no}/{item}/{party}"


async def documents_to_sign(
    services: GatewayServices, desk: Desk, *, mine: bool, cursor: str | None, limit: int
) -> DocumentsToSign:
    """A page of what this desk is to sign. Raises CursorInvalid, StoreUnavailable."""
    after = place_of(cursor, str, str, str)
    holder = desk.officer.subject if mine else None
    rows = await services.workbench.signatures(
        SignatureQuery(department=desk.department, holder=holder, after=after, limit=limit)
    )
    calendar, now = await services.known_calendar.current(), datetime.now(UTC)
    office = services.office_days(desk.department)

    def shown(row: SignatureRow) -> DocumentToSign:
        of_case = now + timedelta(seconds=row.seconds_ahead)
        light = light_of(InboxState.TO_DECIDE, row.ends_at, None, of_case, calendar, office=office)
        return DocumentToSign(
            case_no=row.case_no,
            item=row.item_id,
            party=row.party,
            title=Text.model_validate_json(row.title),
            bundle_title=Text.model_validate_json(row.bundle_title),
            until=last_day(row.ends_at),
            light=light,
            light_text=text(f"light.{light.value}"),
            claim=claim_view(Claim(row.holder, row.since, row.version), desk.officer.subject),
            location=signature_location(desk.department, row.case_no, row.item_id, row.party),
        )

    last = rows[limit - 1] if len(rows) > limit else None
    return DocumentsToSign(
        department=desk.department,
        documents=tuple(map(shown, rows[:limit])),
        next=None if last is None else cursor_of(last.ends_at, last.case_no, last.item_id, last.party),
    )
