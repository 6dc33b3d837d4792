"""What the forms of the item page send, as the same acts that programs send."""

from collections.abc import Awaitable, Callable
from typing import Any

from pydantic_core import to_json

from gateway.body import PageForm, parse
from gateway.uploads import StoredContent
from gateway.workbench.act_models import AnyAct, OfficerActBody

FREE_POINTS = 3
"""So many free points have a place on the page; programs may send more."""
_POINT, _POINT_TEXT, _FREE, _FREE_ABOUT = "point.", "point_text.", "free.", "free_about."
_RESULT, _RESULT_FILE = "result.", "file."
_PLAIN = (
    "act", "act_id", "attempt", "reference", "reason", "responsible", "note", "procedure", "article",
    "payment_reference", "working_days", "request", "approved",
)  # fmt: skip
Store = Callable[[bytes], Awaitable[StoredContent]]


async def act_of_form(form: PageForm, store: Store) -> AnyAct:
    """The act; a chosen file is stored first and becomes the digest of its result. Raises InputInvalid."""
    said: dict[str, Any] = {name: form.fields[name] for name in _PLAIN if form.fields.get(name)}
    for number in ("attempt", "working_days"):
        if said.get(number, "").isdigit():
            said[number] = int(said[number])
    if said.get("article") == _OTHER:
        said.pop("article")
    if form.fields.get("own_article"):
        said["article"] = form.fields["own_article"]
    match said.get("act"):
        case "correction":
            said["points"] = _points(form.fields)
        case "approved":
            said["results"] = await _results(form, store)
        case "extension_answered":
            said["approved"] = said.get("approved") == "yes"
    return parse(OfficerActBody, to_json(said)).root


_OTHER = "-"


def claim_of_form(form: PageForm) -> bytes:
    """The body of a claim, release or hand-over."""
    version = form.fields.get("version", "")
    said: dict[str, Any] = {"version": int(version) if version.isdigit() else version}
    if "to" in form.fields:
        said["to"] = form.fields["to"].strip()
    return to_json(said)


def _points(fields: dict[str, str]) -> list[dict[str, str]]:
    chosen = [name.removeprefix(_POINT) for name in fields if name.startswith(_POINT)]
    points = [{"review_point": point, **_with_text(fields.get(_POINT_TEXT + point))} for point in chosen]
    for place in range(1, FREE_POINTS + 1):
        text = fields.get(f"{_FREE}{place}", "").strip()
        if text:
            points.append({"text": text, "about": fields.get(f"{_FREE_ABOUT}{place}", "")})
    return points


def _with_text(text: str | None) -> dict[str, str]:
    return {"text": text.strip()} if text and text.strip() else {}


async def _results(form: PageForm, store: Store) -> list[dict[str, str]]:
    results = []
    for name, reference in form.fields.items():
        result = name.removeprefix(_RESULT)
        if not name.startswith(_RESULT) or not reference.strip():
            continue
        content = form.files.get(_RESULT_FILE + result)
        digest = {} if content is None else {"digest": (await store(content)).digest}
        results.append({"id": result, "reference": reference.strip(), **digest})
    return results
