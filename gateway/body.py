"""Reading a request's body: bounded, once, straight into a model; whatever is wrong with it is a clear problem."""

from typing import TypeVar
from urllib.parse import parse_qs

from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect, Request

from gateway import errors
from gateway.problems import faults_of
from one_things.text import Text

Model = TypeVar("Model", bound=BaseModel)
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
_MOST_DISCARDED = 4 * 1024 * 1024
"""Bytes read and thrown away before a refusal: a client that is still sending would else see a broken connection."""


async def raw_body(request: Request, largest: int) -> bytes:
    """The body's bytes. Raises BodyTooLarge when there are more than ``largest``."""
    stated = request.headers.get("content-length", "")
    size = 0
    too_large = stated.isdigit() and int(stated) > largest
    if too_large and int(stated) > _MOST_DISCARDED:
        raise _too_large(largest)
    parts: list[bytes] = []
    try:
        async for part in request.stream():
            size += len(part)
            too_large = too_large or size > largest
            if not too_large:
                parts.append(part)
            elif size > _MOST_DISCARDED:
                break
    except ClientDisconnect:
        raise errors.BodyUnreadable from None
    if too_large:
        raise _too_large(largest)
    return b"".join(parts)


def content_type(request: Request) -> str:
    """The media type of the body, without parameters, in lower case; empty when none is stated."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def require_json(request: Request) -> None:
    """Raises ContentTypeWrong unless the body is said to be JSON."""
    if content_type(request) != JSON:
        raise errors.ContentTypeWrong(Text(zh=f"请使用 {JSON}", en=f"send {JSON}"))


def parse(model: type[Model], body: bytes) -> Model:
    """The model that ``body`` holds. Raises BodyUnreadable when it is no JSON, InputInvalid with all faults at once."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        if found[0]["type"] == "json_invalid":
            raise errors.BodyUnreadable(_where(found[0]["msg"])) from None
        raise errors.InputInvalid(faults=faults_of(found)) from None


async def json_body(request: Request, model: type[Model], largest: int) -> Model:
    """A JSON body as a model."""
    require_json(request)
    return parse(model, await raw_body(request, largest))


async def form_fields(request: Request, largest: int) -> dict[str, str]:
    """The fields of a page's form; of one that comes twice the last. Raises BodyUnreadable, BodyTooLarge."""
    body = await raw_body(request, largest)
    try:
        fields = parse_qs(
            body.decode("ascii"), strict_parsing=bool(body), max_num_fields=400, encoding="utf-8", errors="strict"
        )
    except ValueError:
        raise errors.BodyUnreadable(Text(zh="表单无法解析", en="the form cannot be read")) from None
    return {name: values[-1] for name, values in fields.items()}


def _where(message: str) -> Text:
    return Text(zh=f"无法解析：{message}", en=message)


def _too_large(largest: int) -> errors.BodyTooLarge:
    kibibytes = largest // 1024
    return errors.BodyTooLarge(
        Text(zh=f"最多 {kibibytes} KB", en=f"at most {kibibytes} KB"), headers={"Connection": "close"}
    )
