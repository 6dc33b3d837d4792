"""Reading a request's body: bounded, once, straight into a model; whatever is wrong with it is a clear problem."""

from collections.abc import AsyncGenerator
from typing import NamedTuple, TypeVar
from urllib.parse import parse_qs

from pydantic import BaseModel, ValidationError
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from gateway import errors
from gateway.problems import faults_of
from one_things.text import Text


class PageForm(NamedTuple):
    """What a page sends: its fields, of one that comes twice the last, and the files that were chosen, by field.

    The files' names are left out: what a file is shows in its bytes, and a name can hold anything.
    """

    fields: dict[str, str]
    files: dict[str, bytes]


Model = TypeVar("Model", bound=BaseModel)
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
FILES = "multipart/form-data"
_MOST_FIELDS = 400
_MOST_FILES_AT_ONCE = 4
"""So many of the largest files go into one form; more are uploaded one after another."""
_MOST_DISCARDED = 16 * 1024 * 1024
"""Bytes read and thrown away before a refusal: a client that is still sending would else see a broken connection."""


async def raw_body(request: Request, largest: int) -> bytes:
    """The body's bytes. Raises BodyTooLarge when there are more than ``largest``."""
    return b"".join([part async for part in _bounded(request, largest)])


async def _bounded(request: Request, largest: int) -> AsyncGenerator[bytes, None]:
    stated = request.headers.get("content-length", "")
    size = 0
    over = stated.isdigit() and int(stated) > largest
    if over and int(stated) > _MOST_DISCARDED:
        raise too_large(largest)
    try:
        async for part in request.stream():
            size += len(part)
            over = over or size > largest
            if not over:
                yield part
            elif size > _MOST_DISCARDED:
                break
    except ClientDisconnect:
        raise errors.BodyUnreadable from None
    if over:
        raise too_large(largest)


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
            body.decode("ascii"),
            strict_parsing=bool(body),
            max_num_fields=_MOST_FIELDS,
            encoding="utf-8",
            errors="strict",
        )
    except ValueError:
        raise errors.BodyUnreadable(Text(zh="表单无法解析", en="the form cannot be read")) from None
    return {name: values[-1] for name, values in fields.items()}


def is_page_form(request: Request) -> bool:
    """Whether a page sent this, not a program."""
    return content_type(request) in {FORM, FILES}


async def page_form(request: Request, largest: int, largest_file: int) -> PageForm:
    """A page's form with the files in it, all of it in memory: nothing personal is laid down on a disk on the way.

    Raises BodyUnreadable, ContentTypeWrong, and BodyTooLarge for more than a few files of ``largest_file`` bytes.
    """
    kind = content_type(request)
    if kind == FORM:
        return PageForm(await form_fields(request, largest), {})
    if kind != FILES:
        raise errors.ContentTypeWrong(Text(zh=f"请使用 {FILES}", en=f"send {FILES}"))
    parser = _InMemory(
        request.headers,
        _bounded(request, largest + _MOST_FILES_AT_ONCE * largest_file),
        max_files=_MOST_FIELDS,
        max_fields=_MOST_FIELDS,
        max_part_size=largest,
    )
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError, UnicodeDecodeError, LookupError):
        raise errors.BodyUnreadable(Text(zh="表单无法解析", en="the form cannot be read")) from None
    fields: dict[str, str] = {}
    files: dict[str, bytes] = {}
    for name, value in form.multi_items():
        if isinstance(value, str):
            fields[name] = value
        elif value.filename:  # a browser sends an empty part for a file that nobody chose
            files[name] = await value.read()
    await form.close()
    return PageForm(fields, files)


class _InMemory(MultiPartParser):
    """Keeps whole files in memory; how many there can be was bounded before."""

    spool_max_size = 2**62


def _where(message: str) -> Text:
    return Text(zh=f"无法解析：{message}", en=message)


def too_large(largest: int) -> errors.BodyTooLarge:
    """The refusal of more bytes than ``largest``."""
    kibibytes = largest // 1024
    return errors.BodyTooLarge(
        Text(zh=f"最多 {kibibytes} KB", en=f"at most {kibibytes} KB"), headers={"Connection": "close"}
    )
