"""What can be applied for: every version of every bundle, each with the digest of the definition it was read from."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from gateway import errors
from one_things.definition import Bundle, StartingEvent
from one_things.model import Record
from one_things.text import Text
from one_things.versions import in_force, to_judge_by


class OfferedBundle(Record):
    """One version of a bundle, and the digest of the definition it was read from."""

    bundle: Bundle
    digest: str
    promises: dict[str, str] = {}
    """Material → digest of the commitment that may take its place, in both languages."""


class Offers:
    """Every version of every bundle that this gateway knows."""

    def __init__(self, offered: Iterable[OfferedBundle]) -> None:
        self._offered = tuple(offered)

    def __iter__(self) -> Iterator[OfferedBundle]:
        return iter(self._offered)

    def to_apply_for(self, bundle_id: str, version: str | None, today: date) -> OfferedBundle:
        """The version named, or the one in force today. Raises BundleNotFound, VersionNotFound.

        Where none is in force, the one whose dates say why not: judging the application tells.
        """
        versions = self._versions(bundle_id)
        if not versions:
            raise errors.BundleNotFound(Text(zh="请从目录中选择。", en="Choose one of GET /bundles."))
        if version is None:
            return versions[to_judge_by((one.bundle for one in versions.values()), today).version]
        if version not in versions:
            known = ", ".join(versions)
            raise errors.VersionNotFound(Text(zh=f"现有版本：{known}。", en=f"There are: {known}."))
        return versions[version]

    def exact(self, bundle_id: str, version: str) -> OfferedBundle | None:
        """The very version that a case was made from; None when this gateway does not know it any more."""
        return self._versions(bundle_id).get(version)

    def begun_by(self, event: str) -> tuple[tuple[OfferedBundle, StartingEvent], ...]:
        """The versions of bundles that an event of this name begins, whatever its department, in force or not."""
        return tuple(
            (one, starting) for one in self._offered for starting in one.bundle.started_by if starting.event == event
        )

    def is_in_force(self, bundle: Bundle, today: date) -> bool:
        """Whether an application that names no version would be judged by this one."""
        return in_force((one.bundle for one in self._versions(bundle.bundle).values()), today) == bundle

    def _versions(self, bundle_id: str) -> dict[str, OfferedBundle]:
        return {one.bundle.version: one for one in self._offered if one.bundle.bundle == bundle_id}


def offer(bundles: Iterable[Bundle], digest: Callable[[bytes], bytes]) -> Offers:
    """These bundles, each with the digest of its definition."""
    return Offers(
        OfferedBundle(
            bundle=bundle,
            digest=digest(bundle.model_dump_json().encode()).hex(),
            promises={
                material.id: digest(material.commitment.text.model_dump_json().encode()).hex()
                for material in bundle.materials
                if material.commitment is not None
            },
        )
        for bundle in bundles
    )
