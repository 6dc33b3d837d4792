"""Pages for people: templates filled with views, in the caller's language. They work without JavaScript."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from importlib import resources
from typing import Any
from urllib.parse import quote, urlsplit

from fastapi import Request, Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.datastructures import URL
from starlette.responses import HTMLResponse, RedirectResponse
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from gateway import errors
from gateway.access import SESSION_COOKIE, is_operator, is_owner
from gateway.apply_form import STEPS, Written
from gateway.apply_steps import Shown, first_step
from gateway.case_contents import CaseContents
from gateway.case_lists import ActedForPage, CasePage
from gateway.hand_in_source import Replaceable
from gateway.language import LANGUAGE_COOKIE, LANGUAGES, language_of, wants_page
from gateway.look_ups import LookUpView
from gateway.mandates import scope_of
from gateway.open_case import SeenCase
from gateway.problems import ProblemDocument
from gateway.proposals import ProposalDetail
from gateway.receipt_codes import code_drawing
from gateway.receipts import HandInReceipt, VerifiedReceipt
from gateway.refused_calls import RefusedPage
from gateway.signing import AwaitedSignature, SigningView
from gateway.texts import say
from gateway.views.case_view import CaseView
from gateway.views.item_view import ItemView, Look
from gateway.views.map_layout import narrow_drawing, wide_drawing
from gateway.views.moments import day_text, moment_text
from gateway.views.panorama import panorama
from gateway.views.timeline import days_of, timeline
from one_things.case import CasePhase, ItemStatus
from one_things.clock import shanghai_date
from one_things.contents import ContentKind
from one_things.definition import Bundle, FieldType, FormField
from one_things.events import MandateScope
from one_things.faults import Fault
from one_things.text import Text
from security.tokens import Principal, Role

_YEAR = 31536000  # seconds


class _Static(StaticFiles):
    """Files whose address changes with their content may be kept for ever."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        kept = f"public, max-age={_YEAR}, immutable" if scope["query_string"] else "no-cache"
        response.headers["Cache-Control"] = kept
        return response


def static_files() -> StaticFiles:
    """Style sheet, scripts and icons."""
    return _Static(packages=[("gateway", "static")])


def case_page(
    request: Request, seen: SeenCase, view: CaseView, language: str, look_ups: Sequence[LookUpView] = ()
) -> Response:
    """The panorama page of a case, with what this reader may do: the applicant, or an agent with a mandate."""
    own = is_owner(seen.caller, seen.state.owner)
    drawn = panorama(seen.state, view.items)
    told = timeline(seen.state.plan, seen.history, operator=is_operator(seen.caller)).entries
    return _page(
        request,
        "case.html",
        view=view,
        panorama=drawn,
        drawings=(("wide", wide_drawing(drawn, language)), ("narrow", narrow_drawing(drawn, language))),
        left_out=[item for item in drawn.items if not item.chosen],
        timeline=told,
        look_ups=look_ups,
        ahead=days_of(view.seconds_ahead) if view.seconds_ahead else None,
        own=own,
        may=frozenset(MandateScope) if own else scope_of(seen),
        acting=None if own else next((one for one in view.mandates if one.agent == seen.caller.subject), None),
        operator=is_operator(seen.caller),
        latest=told[-1:],
    )


def list_page(
    request: Request,
    cases: CasePage,
    caller: Principal,
    phase: CasePhase | None,
    overdue: bool,
    *,
    paged: bool,
    to_sign: Sequence[AwaitedSignature] = (),
) -> Response:
    """The list of cases."""
    return _page(
        request,
        "cases.html",
        cases=cases,
        operator=is_operator(caller),
        officer=caller.has(Role.OFFICER),
        account=caller.subject,
        phase=phase,
        overdue=overdue,
        paged=paged,
        to_sign=to_sign,
        phases=CasePhase,
    )


def acted_for_page(request: Request, page: ActedForPage, caller: Principal, *, paged: bool) -> Response:
    """The cases that somebody acts for."""
    return _page(request, "acted_for.html", cases=page, account=caller.subject, paged=paged)


def refused_calls_page(request: Request, page: RefusedPage) -> Response:
    """What departments' systems sent and was refused."""
    return _page(request, "refused_calls.html", page=page)


def cancel_page(request: Request, seen: SeenCase, view: CaseView) -> Response:
    """The question before an application is taken back, with what that undoes."""
    undone = {ItemStatus.SUBMITTED, ItemStatus.ACCEPTED, ItemStatus.NOTICE, ItemStatus.CORRECTION}
    items = [
        item
        for item in seen.state.plan.items
        if (status := seen.state.items[item.id].status) in undone
        or (status is ItemStatus.APPROVED and item.undo is not None)
    ]
    return _page(request, "cancel.html", view=view, items=items)


def correction_page(
    request: Request,
    view: CaseView,
    item_id: str,
    fields: Mapping[str, FormField],
    materials: Mapping[str, Text],
    *,
    everything: bool,
) -> Response:
    """Every point of a correction notice, with the field or material it names. Raises ItemNotFound.

    ``everything``: a point names neither, so that any of the materials may be handed in anew.
    """
    item = _item(view, item_id)
    return _page(
        request,
        "correct.html",
        view=view,
        item=item,
        fields=fields,
        materials=materials,
        everything=everything,
        waiting=item.status in {Look.CORRECTION, Look.RETURNED},
    )


def hand_in_page(request: Request, view: CaseView) -> Response:
    """Every material that the case waits for, with its date."""
    return _page(request, "hand_in.html", view=view)


def confirm_page(request: Request, view: CaseView, detail: ProposalDetail, given: Mapping[str, str]) -> Response:
    """What a department proposed: first what has to be answered, then what that asks for, and the two replies to it."""
    return _page(request, "confirm.html", view=view, detail=detail, given=given)


def contents_page(request: Request, seen: SeenCase, found: CaseContents) -> Response:
    """What was uploaded to a case, to download."""
    kinds = {kind.value: kind.name for kind in ContentKind}
    return _page(request, "contents.html", case_no=seen.state.case_no, contents=found.contents, kinds=kinds)


def back_to(seen: SeenCase) -> Response:
    """To the page of the case, after an act."""
    return RedirectResponse(f"/cases/{seen.state.case_no}", status_code=303)


def source_page(
    request: Request,
    seen: SeenCase,
    view: CaseView,
    wanted: Replaceable,
    written: Mapping[str, str],
    faults: Mapping[str, Fault],
) -> Response:
    """Asks for what a source that is down would have said; faults stand beside their fields."""
    source = next(source for source in view.sources if source.lookup == wanted.lookup.id)
    own = is_owner(seen.caller, seen.state.owner) or MandateScope.HAND_IN in scope_of(seen)
    status = 422 if faults else 200
    return _page(
        request, "hand_in_source.html", status, view=view, source=source, wanted=wanted, own=own, written=written,
        faults=faults,
    )  # fmt: skip


def bundles_page(request: Request, bundles: Sequence[Bundle]) -> Response:
    """What can be applied for."""
    return _page(request, "bundles.html", bundles=bundles)


def application_page(request: Request, bundle: Bundle, sent: Written, view: Shown, key: str) -> Response:
    """One step of an application, with the faults of what was written beside their fields."""
    language = language_of(request)

    def said(field: FormField, value: str) -> str:
        """A value as a person reads it: options by their titles."""
        if field.type is FieldType.YES_NO:
            return say("source.answer_yes" if value == "true" else "source.answer_no", language)
        return next((one.title.in_language(language) for one in field.options if one.value == value), value)

    first = first_step(bundle)
    return _page(
        request,
        "apply.html",
        422 if view.faults or view.general else 200,
        bundle=bundle,
        sent=sent,
        view=view,
        key=key,
        first=first,
        steps=STEPS[STEPS.index(first) :],
        said=said,
        titles=lambda texts: say("headline.and", language).join(text.in_language(language) for text in texts),
    )


def signing_page(request: Request, view: SigningView) -> Response:
    """The document that the parties sign, in words, and the way to sign it."""
    return _page(request, "signing.html", view=view)


def sign_in_page(request: Request, *, failed: bool = False) -> Response:
    """The sign-in page."""
    target = own_path(request.query_params.get("next", "/"))
    return _page(request, "sign_in.html", 401 if failed else 200, failed=failed, target=target)


def receipt_page(request: Request, receipt: HandInReceipt) -> Response:
    """The receipt of a case, to look at and to print."""
    drawing = code_drawing(receipt.address, say("receipt.code_label", language_of(request)))
    return _page(request, "receipt.html", receipt=receipt, drawing=drawing)


def verification_page(request: Request, found: VerifiedReceipt | errors.ReceiptInvalid) -> Response:
    """Whether a receipt is valid, for anybody."""
    if isinstance(found, errors.ReceiptInvalid):
        return _page(request, "verification.html", found.status, receipt=None, problem=found)
    return _page(request, "verification.html", receipt=found, problem=None)


def error_page(request: Request, problem: ProblemDocument, _language: str) -> Response | None:
    """A problem for a person; who is not signed in is sent to the sign-in page. None when the caller is a program."""
    if not wants_page(request):
        return None
    if problem.status == errors.NotSignedIn.status and request.method == "GET":
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/sign-in?next={quote(path, safe='')}", status_code=303)
    return _page(request, "problem.html", problem.status, problem=problem)


def own_path(target: str) -> str:
    """``target`` when it is a path of this site, else the start page: a link must not send people elsewhere."""
    parts = urlsplit(target)
    is_own = target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.netloc
    return target if is_own and target.isprintable() else "/"


def rendered(request: Request, template: str, **values: Any) -> Response:
    """A template of another room, filled, in the reader's language."""
    return _page(request, template, **values)


def _item(view: CaseView, item_id: str) -> ItemView:
    for item in view.items:
        if item.id == item_id:
            return item
    raise errors.ItemNotFound


def _page(request: Request, template: str, status: int = 200, **values: Any) -> Response:
    language = language_of(request)
    services = getattr(request.state, "services", None)
    content = (
        _environment()
        .get_template(template)
        .render(
            language=language,
            t=lambda key, **filled: say(key, language, **filled),
            read=lambda text: text.in_language(language),
            day=lambda day: day_text(_local(day)).in_language(language),
            moment=lambda moment: moment_text(moment).in_language(language),
            asset=_asset,
            sandbox=services.settings.sandbox if services else False,
            megabytes=services.settings.largest_content // (1024 * 1024) if services else 0,
            signed_in=SESSION_COOKIE in request.cookies,
            other_language=_in_language(request.url, "zh" if language == "en" else "en"),
            **values,
        )
    )
    response = HTMLResponse(content, status, headers={"Vary": "Accept, Accept-Language, Cookie"})
    response.headers.update({"Cache-Control": "no-store", "Content-Language": language})
    if request.query_params.get("lang") in LANGUAGES:
        response.set_cookie(LANGUAGE_COOKIE, language, max_age=_YEAR, path="/", httponly=True, samesite="lax")
    return response


def _local(day: date) -> date:
    """The day itself; of a moment, the day it falls on in the city."""
    return shanghai_date(day) if isinstance(day, datetime) else day


def _in_language(url: URL, language: str) -> str:
    changed = url.include_query_params(lang=language)
    return f"{changed.path}?{changed.query}"


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("gateway"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _asset(name: str) -> str:
    """The address of a static file, changing with its content."""
    content = resources.files("gateway").joinpath("static", name).read_bytes()
    return f"/static/{name}?v={hashlib.blake2s(content, digest_size=6).hexdigest()}"
