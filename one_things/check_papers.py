"""Whether results on paper can reach anybody: by a way of their own, and by one that all papers of a case share."""

from collections.abc import Iterator

from one_things.check_names import mistake
from one_things.definition import Bundle, ItemKind
from one_things.faults import Fault
from one_things.papers import common_ways, papers_of, ways_of

_MOST_FOR_PERMITS = 10
"""Working days from the decision (行政许可法 44)."""


def paper_faults(bundle: Bundle) -> Iterator[Fault]:
    """Papers that nobody would deliver, that come too late by law, or about whose coming nobody would be asked."""
    alone = tuple(_each(bundle))
    yield from alone
    papers = [paper for item in bundle.items for _, paper in papers_of(item.results)]
    if papers and not alone and not common_ways(papers):
        place = next(place for place, item in enumerate(bundle.items) if papers_of(item.results))
        yield mistake(
            f"items.{place}.results",
            "paper-no-common-way",
            "各纸质结果没有共同的送达方式，申请人无法选择。",
            "The papers share no way: an applicant chooses one for the whole case, and none leads to all of them.",
            "请使各纸质结果都可邮寄，或都可在窗口领取。",
            "Let all of them come by mail, or let all of them be picked up.",
        )


def _each(bundle: Bundle) -> Iterator[Fault]:
    for place, item in enumerate(bundle.items):
        for number, result in enumerate(item.results):
            at, paper = f"items.{place}.results.{number}.paper", result.paper
            if paper is None:
                continue
            if not paper.mail and paper.pick_up is None:
                yield mistake(
                    at,
                    "paper-undeliverable",
                    f"{result.id} 既不邮寄也没有领取窗口，{item.department} 无法送达。",
                    f"{result.id} is neither mailed nor laid out anywhere: {item.department} could not deliver it.",
                    "请写 mail: true，或在 pick_up 中写明窗口。",
                    "Write mail: true, or name the window under pick_up.",
                )
            if item.kind is ItemKind.PERMIT and paper.working_days > _MOST_FOR_PERMITS:
                yield mistake(
                    f"{at}.working_days",
                    "paper-too-late",
                    f"许可证件应在决定后 {_MOST_FOR_PERMITS} 个工作日内送达（行政许可法第四十四条）。",
                    f"A permit is delivered within {_MOST_FOR_PERMITS} working days of its decision (行政许可法 44).",
                    f"请写不超过 {_MOST_FOR_PERMITS} 的数。",
                    f"Write {_MOST_FOR_PERMITS} or less.",
                )
            if item.notice is not None:
                yield mistake(
                    at,
                    "paper-of-a-notice",
                    f"{item.id} 是公告，不会由部门送达纸质结果。",
                    f"{item.id} is a public notice: it ends by itself, and no department delivers a paper of it.",
                    "请删去 paper。",
                    "Leave paper out.",
                )
            if bundle.started_by and "none" not in ways_of(paper):
                yield mistake(
                    f"{at}.always",
                    "paper-never-asked",
                    "由事件发起的办件不询问送达方式，纸质结果不能为必送。",
                    "A case that an event begins asks nobody how papers come, so none of them can be sent always.",
                    "请删去 always。",
                    "Leave always out: the applicant may ask for the paper on the page of the case.",
                )
