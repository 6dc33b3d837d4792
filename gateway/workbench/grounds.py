"""What an officer can choose from: the points to check, the articles to rest a decision on, reasons of a return."""

from gateway.declared import declared_field, declared_material
from gateway.services import GatewayServices
from one_things.definition import Item, Source
from one_things.model import Record
from one_things.plan import Plan, PlannedItem
from one_things.text import Text


class ReviewPointView(Record):
    """A point that is checked, what it is about and the article that asks for it."""

    id: str
    title: Text
    about: str | None
    about_title: Text | None
    article: str | None


class Grounds(Record):
    """What the bundle declares for this item; whatever is not in it may be written freely."""

    review_points: tuple[ReviewPointView, ...]
    articles: tuple[str, ...]


def grounds_of(services: GatewayServices, plan: Plan, planned: PlannedItem) -> Grounds:
    """By the version of the bundle that the case began with; nothing when that is not at hand any more."""
    offered = services.catalogue.exact(plan.bundle, plan.version)
    declared = next((item for item in offered.bundle.items if item.id == planned.id), None) if offered else None
    if declared is None:
        return Grounds(review_points=(), articles=())
    return Grounds(
        review_points=tuple(
            ReviewPointView(
                id=point.id,
                title=point.title,
                about=point.about,
                about_title=None if point.about is None else _title(services, plan, point.about),
                article=None if point.source is None else article_of(point.source),
            )
            for point in declared.review_points
        ),
        articles=tuple(dict.fromkeys(map(article_of, _sources(declared)))),
    )


def article_of(source: Source) -> str:
    """A rule as it is named in a decision."""
    return f"{source.document}{source.article or ''}"


def _sources(item: Item) -> list[Source]:
    found = [item.source, item.limits.source if item.limits else None, *(point.source for point in item.review_points)]
    return [source for source in found if source is not None]


def _title(services: GatewayServices, plan: Plan, about: str) -> Text:
    field = declared_field(services, plan, about)
    return field.title if field.title.en != about else declared_material(services, plan, about)
