"""What somebody says to a case: a program in JSON, a page in a form; and the answer that each of them reads."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from fastapi import Request, Response
from pydantic import BaseModel
from pydantic_core import to_json

from gateway.body import FORM, content_type, form_fields, parse, raw_body, require_json
from gateway.open_case import SeenCase
from gateway.pages import back_to
from gateway.services import GatewayServices

Said = TypeVar("Said", bound=BaseModel)
OfPage = Callable[[dict[str, str]], Mapping[str, Any]]
"""What a page's fields say, in the words of the model."""


async def said(
    request: Request,
    services: GatewayServices,
    model: type[Said],
    of_page: OfPage = dict,
    *,
    optional: bool = False,
) -> Said:
    """What was said, as a model. ``optional``: nothing at all says as much as an empty object.

    Raises BodyTooLarge, BodyUnreadable, ContentTypeWrong, and InputInvalid with all faults at once.
    """
    largest = services.settings.largest_body
    if content_type(request) == FORM:
        return parse(model, to_json(of_page(await form_fields(request, largest))))
    body = await raw_body(request, largest)
    if body or not optional:
        require_json(request)
    return parse(model, body or (b"{}" if optional else b""))


def nothing(fields: dict[str, str]) -> dict[str, Any]:
    """What a page says whose button is all there is to it."""
    return {}


def answered(request: Request, seen: SeenCase, receipt: BaseModel) -> Response:
    """After an act: a page is sent back to its case, a program reads the receipt."""
    return back_to(seen) if content_type(request) == FORM else private_json(receipt)


def private_json(model: BaseModel, status: int = 200) -> Response:
    """An answer that is nobody else's business: nothing on the way keeps it."""
    return Response(
        model.model_dump_json(), status, media_type="application/json", headers={"Cache-Control": "no-store"}
    )
