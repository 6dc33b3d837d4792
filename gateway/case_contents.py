"""The contents of a case: uploaded by its applicant, fetched back by them, and by the departments that need them."""

from starlette.requests import Request

from event_store.contents import Held, Sealed
from event_store.errors import TooMuchStored
from gateway import errors
from gateway.acting import acting_for, closed
from gateway.body import page_form
from gateway.decisions import prove_origin
from gateway.open_case import SeenCase, check_case_number
from gateway.services import GatewayServices
from gateway.uploads import StoredContent, judged, with_uploads
from observability.correlation import bind
from one_things.case import CasePhase
from one_things.contents import ContentKind, material_of, may_fetch
from one_things.events import event_from_json
from one_things.evolving import fold
from one_things.hand_in import titles_of
from one_things.model import Record
from one_things.text import Text
from security.contents import repr_digest, seal_content
from security.sealing import CaseKeyErased
from security.suites import SealBroken


class CaseContent(Record):
    """A content that a case holds. ``material`` is None while it is uploaded and not handed in, or was replaced."""

    digest: str
    media_type: str
    size: int
    material: str | None
    title: Text | None


class CaseContents(Record):
    """What was uploaded to a case, the oldest first."""

    contents: tuple[CaseContent, ...]


class Opened(Record):
    """A content in the clear, on its way out."""

    content: bytes
    media_type: str
    file_name: str
    """Made by us from the material and the kind; never what somebody called the file."""
    repr_digest: str


async def store_in_case(
    services: GatewayServices, seen: SeenCase, content: bytes, stated: str | None = None
) -> StoredContent:
    """Keep a content for what the case asks for.

    Raises what ``judged`` raises, NotAllowed, CommandNotPossible (closed), TooMuchUploaded.
    """
    acting_for(seen)
    if seen.state.phase is CasePhase.CLOSED:
        raise closed()
    return await stored_for(services, seen.state.case_no, content, stated)


async def stored_for(services: GatewayServices, case_no: str, content: bytes, stated: str | None) -> StoredContent:
    """Keep a content of a case. Raises what ``judged`` raises, CommandNotPossible (erased), TooMuchUploaded."""
    found = await judged(services, content, stated)
    made = seal_content(services.receipt_keys.suite_name, content)
    try:
        key = await services.secrets.wrap_content(case_no, made, found.digest)
        sealed = Sealed(found.digest, found.kind.value, found.size, key, made.sealed)
        await services.contents.put_in_case(case_no, sealed, services.settings.most_contents)
    except CaseKeyErased:
        raise closed() from None
    except TooMuchStored:
        raise errors.TooMuchUploaded from None
    return StoredContent(digest=found.digest, media_type=found.kind.value, size=found.size)


async def case_form(request: Request, services: GatewayServices, seen: SeenCase) -> dict[str, str]:
    """The fields of a page about this case, with the files on it uploaded: ``material.<id>`` holds each digest.

    Raises InputInvalid with everything that is wrong with the files, and what ``store_in_case`` raises.
    """
    settings = services.settings
    form = await page_form(request, settings.largest_body, settings.largest_content)
    fields, faults = await with_uploads(
        form, lambda content: store_in_case(services, seen, content), materials_of_bundle(services, seen)
    )
    if faults:
        raise errors.InputInvalid(faults=faults)
    return fields


def materials_of_bundle(services: GatewayServices, seen: SeenCase) -> frozenset[str]:
    """Every material that the case may ask for."""
    plan = seen.state.plan
    offered = services.catalogue.exact(plan.bundle, plan.version)
    declared = frozenset(material.id for material in offered.bundle.materials) if offered else frozenset()
    return declared | frozenset(titles_of(plan))


async def contents_of(services: GatewayServices, seen: SeenCase) -> CaseContents:
    """What the case holds, for its applicant and their agent. Raises NotAllowed."""
    acting_for(seen)
    titles = titles_of(seen.state.plan)
    held = await services.contents.of_case(seen.state.case_no)
    return CaseContents(contents=tuple(_shown(seen, titles, one) for one in held))


async def content_for_applicant(services: GatewayServices, seen: SeenCase, digest: str) -> Opened:
    """A content for who handed it in. Raises NotAllowed, ContentNotFound, ContentErased."""
    acting_for(seen)
    return await opened_content(services, seen.state.case_no, digest, material_of(seen.state, digest))


async def content_for_department(
    services: GatewayServices, department: str, case_no: str, digest: str, request: Request
) -> Opened:
    """A content for a department with which an item lies that names it, proved by its signature.

    Raises SignatureNotAccepted, ForeignDepartment, ContentNotFound (no such case reads the same), ContentErased.
    """
    await prove_origin(services, department, request, b"")
    check_case_number(case_no)
    with bind(case_no=case_no, department=department):
        records = await services.store.read(case_no)
        if not records:  # or not yet: the record may be a moment behind, also behind the opening
            raise _not_found_yet()
        state = fold(event_from_json(record.data) for record in records)
        if not may_fetch(state, department, digest):
            raise _not_found_yet()
        return await opened_content(services, case_no, digest, material_of(state, digest))


def _not_found_yet() -> errors.ContentNotFound:
    return errors.ContentNotFound(headers={"Retry-After": "2"})


async def opened_content(services: GatewayServices, case_no: str, digest: str, material: str | None) -> Opened:
    """A content of the case, for whoever may have it. Raises ContentNotFound, ContentErased, ContentDamaged."""
    sealed = await services.contents.read(case_no, digest)
    if sealed is None:
        raise errors.ContentNotFound
    try:
        content = await services.secrets.open_content(case_no, sealed.key, sealed.sealed, digest)
    except CaseKeyErased:
        raise errors.ContentErased from None
    except SealBroken:
        raise errors.ContentDamaged from None
    return Opened(
        content=content,
        media_type=sealed.media_type,
        file_name=f"{material or 'content'}.{ContentKind(sealed.media_type).ending}",
        repr_digest=repr_digest(services.receipt_keys.suite_name, content),
    )


def _shown(seen: SeenCase, titles: dict[str, Text], held: Held) -> CaseContent:
    material = material_of(seen.state, held.digest)
    return CaseContent(
        digest=held.digest,
        media_type=held.media_type,
        size=held.size,
        material=material,
        title=None if material is None else titles.get(material),
    )
