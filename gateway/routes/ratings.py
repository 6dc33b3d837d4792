"""Ratings over HTTP, for applicants and for those who answer them."""

from fastapi import APIRouter, Request, Response
from pydantic_core import to_json

from gateway import errors, ratings
from gateway.access import Services, require_operator
from gateway.api_document import json_request
from gateway.body import FORM, content_type, form_fields, json_body, parse
from gateway.open_case import SeenCaseNow
from gateway.pages import back_to
from gateway.problems import may_answer
from workflows.messages import Receipt

router = APIRouter(tags=["cases"])
_ACTING = may_answer(
    errors.NotSignedIn, errors.CaseNotFound, errors.CaseNotBegun, errors.ItemNotFound, errors.NotAllowed,
    errors.CrossSiteRefused, errors.CommandNotPossible, errors.InputInvalid, errors.BodyUnreadable,
    errors.BodyTooLarge, errors.ContentTypeWrong, errors.OutOfService,
)  # fmt: skip


@router.post(
    "/cases/{case_no}/ratings",
    response_model=Receipt,
    openapi_extra=json_request(ratings.RatingRequest),
    responses=_ACTING,
)
async def rate(request: Request, services: Services, seen: SeenCaseNow) -> Response:
    """Rate the case, or one item of it, once it has closed. Said again with the same grade it changes nothing."""
    if content_type(request) == FORM:
        fields = await form_fields(request, services.settings.largest_body)
        await ratings.rate(services, seen, parse(ratings.RatingRequest, to_json(_of_the_page(fields))))
        return back_to(seen)
    rating = await json_body(request, ratings.RatingRequest, services.settings.largest_body)
    return _json(await ratings.rate(services, seen, rating))


@router.post(
    "/cases/{case_no}/ratings/answer",
    response_model=Receipt,
    openapi_extra=json_request(ratings.RatingAnswer),
    responses=_ACTING,
)
async def answer(request: Request, services: Services, seen: SeenCaseNow) -> Response:
    """For operators: answer a rating. The applicant reads the answer beside it."""
    require_operator(seen.caller)
    if content_type(request) == FORM:
        fields = await form_fields(request, services.settings.largest_body)
        said = {"item": fields.get("item") or None, "answer": fields.get("answer", "")}
        await ratings.answer(services, seen, parse(ratings.RatingAnswer, to_json(said)))
        return back_to(seen)
    said_so = await json_body(request, ratings.RatingAnswer, services.settings.largest_body)
    return _json(await ratings.answer(services, seen, said_so))


def _of_the_page(fields: dict[str, str]) -> dict[str, str | int | None]:
    grade = fields.get("grade", "")
    return {
        "item": fields.get("item") or None,
        "grade": int(grade) if grade.isascii() and grade.isdigit() and len(grade) == 1 else grade,
        "comment": fields.get("comment", "").strip() or None,
    }


def _json(receipt: Receipt) -> Response:
    return Response(receipt.model_dump_json(), media_type="application/json", headers={"Cache-Control": "no-store"})
