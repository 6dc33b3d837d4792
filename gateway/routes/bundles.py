"""What can be applied for: the catalogue, and what each bundle asks."""

from fastapi import APIRouter

from gateway import errors
from gateway.access import Caller, Services
from gateway.problems import may_answer
from one_things.definition import Department, FormField, Item, Material, Rule, Situation, Source
from one_things.model import Record
from one_things.text import Text

router = APIRouter(tags=["bundles"])


class BundleSummary(Record):
    """A bundle in the catalogue."""

    bundle: str
    version: str
    title: Text
    summary: Text


class BundleList(Record):
    """The catalogue."""

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
    """What can be applied for."""
    return BundleList(
        bundles=tuple(
            BundleSummary(
                bundle=offered.bundle.bundle,
                version=offered.bundle.version,
                title=offered.bundle.title,
                summary=offered.bundle.summary,
            )
            for offered in services.catalogue.values()
        )
    )


@router.get("/bundles/{bundle_id}", responses=may_answer(errors.NotSignedIn, errors.BundleNotFound))
async def bundle(services: Services, _caller: Caller, bundle_id: str) -> BundleDetail:
    """One bundle with its questions, form, materials and items."""
    offered = services.catalogue.get(bundle_id)
    if offered is None:
        raise errors.BundleNotFound
    return BundleDetail.model_validate(offered.bundle.model_dump(include=set(BundleDetail.model_fields)))
