"""The bundles (一件事) themselves, one YAML file each, and the shelf they are taken from.

Only definitions and their look-up by id. What a bundle may say stands in definition, how it runs elsewhere.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from one_things.bundle_file import read_bundle
from one_things.definition import Bundle
from one_things.faults import DomainError

SHIPPED = Path(__file__).parent
"""The folder of the bundles that come with the product."""


class BundleUnknown(DomainError):
    """No bundle has this id. ``known`` lists those there are."""

    code = "bundle-unknown"

    def __init__(self, known: tuple[str, ...]) -> None:
        super().__init__(f"no such bundle; there are: {', '.join(known)}")
        self.known = known


class Catalogue:
    """Every bundle that can be applied for: those that come with the product and those of one more folder.

    A bundle of the further folder replaces the shipped one of the same id, so that a city can keep its own.
    Raises bundle_file.BundleRefused when a file holds a mistake, and OSError when the folder cannot be read.
    """

    def __init__(self, further: Path | None = None) -> None:
        bundles = [_shipped(file) for file in bundle_files(SHIPPED)]
        if further is not None:
            bundles += [read_bundle(file) for file in bundle_files(further)]
        self._bundles = {bundle.bundle: bundle for bundle in bundles}

    def __iter__(self) -> Iterator[Bundle]:
        """The bundles in the order of their ids."""
        return iter(bundle for _, bundle in sorted(self._bundles.items()))

    def get(self, bundle_id: str) -> Bundle:
        """The bundle of this id. Raises BundleUnknown."""
        try:
            return self._bundles[bundle_id]
        except KeyError:
            raise BundleUnknown(tuple(sorted(self._bundles))) from None


def bundle_files(folder: Path) -> tuple[Path, ...]:
    """The files of bundles in this folder, by name. Raises OSError when it is no folder that can be read."""
    return tuple(sorted(file for file in folder.iterdir() if file.suffix in {".yaml", ".yml"}))


@cache
def _shipped(file: Path) -> Bundle:
    return read_bundle(file)
