"""The contents of materials: what a file is by its own bytes, and which department may fetch which."""

import io
import zipfile
from enum import StrEnum
from typing import Final

from one_things.case import CaseState, ItemStatus
from one_things.plan import PlannedMaterial
from one_things.preparing import materials_with


class ContentKind(StrEnum):
    """What may be handed in. The value is its media type."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"
    OFD = "application/ofd"
    """The national format of electronic documents (GB/T 33190): a zip with ``OFD.xml`` at its root."""

    @property
    def ending(self) -> str:
        """The ending of a file of this kind, without the dot."""
        return self.name.lower().replace("jpeg", "jpg")


_BEGINNINGS: Final = {
    b"%PDF-": ContentKind.PDF,
    b"\xff\xd8\xff": ContentKind.JPEG,
    b"\x89PNG\r\n\x1a\n": ContentKind.PNG,
}
_ZIP: Final = b"PK\x03\x04"
_OFD_ROOT: Final = "OFD.xml"
_WITHOUT: Final = frozenset({ItemStatus.WAITING, ItemStatus.REFUSED, ItemStatus.LAPSED, ItemStatus.UNDONE})
"""An item in these holds nothing at its department: not submitted yet, or not any more."""


def kind_of(content: bytes) -> ContentKind | None:
    """What these bytes are, whatever a name or a header says of them; None for anything else. Nothing is unpacked."""
    for beginning, kind in _BEGINNINGS.items():
        if content.startswith(beginning):
            return kind
    return ContentKind.OFD if content.startswith(_ZIP) and _has_ofd_root(content) else None


def _has_ofd_root(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return _OFD_ROOT in packed.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return False


def material_of(state: CaseState, digest: str) -> str | None:
    """The material of the case that this digest is the content of, as it was handed in last; None when it is none."""
    return next((material.id for material in handed_in(state) if material.digest == digest), None)


def handed_in(state: CaseState) -> tuple[PlannedMaterial, ...]:
    """Every material of the case as it was handed in last, by its digest; in the plan's order, each once."""
    found = [material for item in state.plan.items for material in materials_with(state, item)]
    return tuple({material.id: material for material in (*state.plan.materials, *found)}.values())


def holds(state: CaseState, item_id: str) -> bool:
    """Whether the department of this item has what was submitted for it, and still needs it."""
    return state.items[item_id].attempt > 0 and state.items[item_id].status not in _WITHOUT


def may_fetch(state: CaseState, department: str, digest: str) -> bool:
    """Whether an item that lies with this department names this content (个人信息保护法 6: no more than is needed)."""
    return any(
        planned.department == department
        and holds(state, planned.id)
        and any(one.digest == digest for one in materials_with(state, planned))
        for planned in state.plan.items
    )
