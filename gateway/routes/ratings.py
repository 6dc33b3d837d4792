"""Ratings over HTTP, for applicants and for those who answer them."""

from fastapi import APIRouter, Request, Response

from gateway import errors, ratings
from gateway.access import Services, require_operator
from gateway.api_document import json_request
from gateway.open_case import SeenCaseNow
from gateway.problems import may_answer
from gateway.said import answered, said
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
    rating = await said(request, services, ratings.RatingRequest, _rating_of_the_page)
    return answered(request, seen, await ratings.rate(services, seen, rating))


@router.post(
    "/cases/{case_no}/ratings/answer",
    response_model=Receipt,
    openapi_extra=json_request(ratings.RatingAnswer),
    responses=_ACTING,
)
async def answer(request: Request, services: Services, seen: SeenCaseNow) -> Response:
    """For operators: answer a rating. The applicant reads the answer beside it."""
    require_operator(seen.caller)
    written = await said(request, services, ratings.RatingAnswer, _answer_of_the_page)
    return answered(request, seen, await ratings.answer(services, seen, written))


def _rating_of_the_page(fields: dict[str, str]) -> dict[str, str | int | None]:
    grade = fields.get("grade", "")
    return {
        "item": fields.get("item") or None,
        "grade": int(grade) if grade.isascii() and grade.isdigit() and len(grade) == 1 else grade,
        "comment": fields.get("comment", "").strip() or None,
    }


def _answer_of_the_page(fields: dict[str, str]) -> dict[str, str | None]:
    return {"item": fields.get("item") or None, "answer": fields.get("answer", "")}
