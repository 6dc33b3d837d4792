"""The bundles (一件事) themselves, one YAML file each, and the shelf they are taken from.

Only definitions and their look-up by id and version. What a bundle may say stands in definition, how it runs elsewhere.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from one_things.bundle_file import read_bundles
from one_things.definition import Bundle
from one_things.faults import DomainError
from one_things.versions import version_order

SHIPPED = Path(__file__).parent
"""The folder of the bundles that come with the product."""


class BundleUnknown(DomainError):
    """No bundle has this id. ``known`` lists those there are."""

    code = "bundle-unknown"

    def __init__(self, known: tuple[str, ...]) -> None:
        super().__init__(f"no such bundle; there are: {', '.join(known)}")
        self.known = known


class VersionUnknown(DomainError):
    """The bundle has no such version. ``known`` lists those there are, the oldest first."""

    code = "version-unknown"

    def __init__(self, known: tuple[str, ...]) -> None:
        super().__init__(f"no such version; there are: {', '.join(known)}")
        self.known = known


class Catalogue:
    """Every version of every bundle: those that come with the product and those of one more folder.

    The bundles of the further folder replace the shipped ones of the same id, all versions of them, so that a city can
    keep its own. Raises yaml_file.FileRefused when a file holds a mistake or two hold the same version, and OSError
    when the folder cannot be read.
    """

    def __init__(self, further: Path | None = None) -> None:
        own = read_bundles(bundle_files(further)) if further is not None else []
        replaced = {bundle.bundle for bundle in own}
        shipped = [bundle for bundle in _shipped() if bundle.bundle not in replaced]
        self._bundles = sorted((*shipped, *own), key=lambda bundle: (bundle.bundle, version_order(bundle)))

    def __iter__(self) -> Iterator[Bundle]:
        """Every version, by the id of its bundle, the oldest first."""
        return iter(self._bundles)

    def versions(self, bundle_id: str) -> tuple[Bundle, ...]:
        """Every version of this bundle, the oldest first. Raises BundleUnknown."""
        versions = tuple(bundle for bundle in self._bundles if bundle.bundle == bundle_id)
        if not versions:
            raise BundleUnknown(tuple(sorted({bundle.bundle for bundle in self._bundles})))
        return versions

    def get(self, bundle_id: str, version: str | None = None) -> Bundle:
        """This version of the bundle, or its newest. Raises BundleUnknown, VersionUnknown."""
        versions = self.versions(bundle_id)
        if version is None:
            return versions[-1]
        for bundle in versions:
            if bundle.version == version:
                return bundle
        raise VersionUnknown(tuple(bundle.version for bundle in versions))


def bundle_files(folder: Path) -> tuple[Path, ...]:
    """The files of bundles in this folder, by name. Raises OSError when it is no folder that can be read."""
    return tuple(sorted(file for file in folder.iterdir() if file.suffix in {".yaml", ".yml"}))


@cache
def _shipped() -> tuple[Bundle, ...]:
    return tuple(read_bundles(bundle_files(SHIPPED)))
