"""What can be applied for: the catalogue, and what each bundle asks."""

from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter, Query

from gateway import errors
from gateway.access import Caller, Services
from gateway.problems import may_answer
from one_things.clock import shanghai_date
from one_things.definition import Bundle, Department, FormField, Item, Material, Rule, Situation, Source
from one_things.model import Record
from one_things.text import Text

router = APIRouter(tags=["bundles"])


class BundleSummary(Record):
    """One version of a bundle."""

    bundle: str
    version: str
    valid_from: date
    valid_until: date | None
    """The last day on which this version can be applied for."""
    in_force: bool
    """Who applies today and names no version gets this one."""
    title: Text
    summary: Text


class BundleList(Record):
    """The catalogue: every version, by bundle, the oldest first."""

    bundles: tuple[BundleSummary, ...]


class BundleDetail(BundleSummary):
    """Everything a form needs: questions, fields, materials, items with their limits, and what bars an application."""

    sources: tuple[Source, ...]
    departments: tuple[Department, ...]
    situations: tuple[Situation, ...]
    rules: tuple[Rule, ...]
    fields: tuple[FormField, ...]
    materials: tuple[Material, ...]
    items: tuple[Item, ...]


@router.get("/bundles", responses=may_answer(errors.NotSignedIn))
async def bundles(services: Services, _caller: Caller) -> BundleList:
    """What can be applied for, in all its versions."""
    today = shanghai_date(datetime.now(UTC))
    return BundleList(
        bundles=tuple(
            BundleSummary.model_validate(_told(services, offered.bundle, today, BundleSummary))
            for offered in services.catalogue
        )
    )


@router.get(
    "/bundles/{bundle_id}",
    responses=may_answer(errors.NotSignedIn, errors.BundleNotFound, errors.VersionNotFound, errors.InputInvalid),
)
async def bundle(
    services: Services,
    _caller: Caller,
    bundle_id: str,
    version: Annotated[str | None, Query(min_length=1, max_length=20)] = None,
) -> BundleDetail:
    """One bundle with its questions, form, materials and items: the version named, or the one in force today."""
    today = shanghai_date(datetime.now(UTC))
    offered = services.catalogue.to_apply_for(bundle_id, version, today)
    return BundleDetail.model_validate(_told(services, offered.bundle, today, BundleDetail))


def _told(services: Services, told: Bundle, today: date, model: type[BundleSummary]) -> dict[str, object]:
    fields = set(model.model_fields) - {"in_force"}
    return {**told.model_dump(include=fields), "in_force": services.catalogue.is_in_force(told, today)}
