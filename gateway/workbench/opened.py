"""What officers wrote about an item, opened for the department that wrote it."""

from pydantic import TypeAdapter

from gateway.services import GatewayServices
from gateway.texts import say
from gateway.views.item_view import PointView
from gateway.workbench.desk import DeskItem
from one_things.sealed import Sealed
from security.sealing import CaseKeyErased
from security.suites import SealBroken

_POINTS: TypeAdapter[tuple[PointView, ...]] = TypeAdapter(tuple[PointView, ...])


async def opened_text(services: GatewayServices, case_no: str, sealed: Sealed | None, language: str) -> str:
    """One sealed text; that it is erased, where it is; nothing for None."""
    if sealed is None:
        return ""
    try:
        return await services.secrets.open_text(case_no, sealed)
    except (CaseKeyErased, SealBroken):
        return say("case.erased", language)


async def correction_points(services: GatewayServices, seen: DeskItem, language: str) -> tuple[PointView, ...]:
    """The points of the notice that the applicant has not answered yet."""
    sealed = seen.item.correction_points
    if sealed is None:
        return ()
    listed = await opened_text(services, seen.state.case_no, sealed, language)
    try:
        return _POINTS.validate_json(listed)
    except ValueError:
        return (PointView(code="", field_or_material="", text=listed),)
