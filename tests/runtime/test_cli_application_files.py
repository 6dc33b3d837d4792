"""The files of an application's materials: every fault of them at once, before anything is sent."""

from pathlib import Path
from typing import Any

from runtime.cli.application_files import files_of

PDF = b"%PDF-1.7 test"


def application(*materials: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"bundle": "enterprise-exit", "materials": list(materials), **more}


def test_files_are_read_relative_to_the_application(tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "a.pdf").write_bytes(PDF)

    found = files_of(application({"id": "a", "file": "papers/a.pdf"}), tmp_path)

    assert [(file.place, file.material, file.content) for file in found.named] == [(0, "a", PDF)]
    assert (found.faults, found.there_are) == ((), True)


def test_digests_alone_name_no_file(tmp_path: Path) -> None:
    assert not files_of(application({"id": "a", "digest": "0" * 64}), tmp_path).there_are
    assert not files_of({"bundle": "enterprise-exit", "materials": "none"}, tmp_path).there_are


def test_every_fault_at_once(tmp_path: Path) -> None:
    (tmp_path / "letter.doc").write_bytes(b"no known kind")
    (tmp_path / "right.pdf").write_bytes(PDF)

    found = files_of(
        application(
            {"id": "gone", "file": "gone.pdf"},
            {"id": "folder", "file": "."},
            {"id": "letter", "file": "letter.doc"},
            {"id": "unnamed", "file": None},
            {"id": "both", "file": "right.pdf", "digest": "0" * 64},
            {"id": "mixed", "digest": "0" * 64},
            {"id": "right", "file": "right.pdf"},
            draft="a-draft-of-mine-0001",
        ),
        tmp_path,
    )

    assert {fault.field: fault.code for fault in found.faults} == {
        "draft": "draft-and-files",
        "materials.gone": "file-not-there",
        "materials.folder": "file-not-there",
        "materials.letter": "file-kind",
        "materials.unnamed": "file-not-named",
        "materials.both": "file-or-digest",
        "materials.mixed": "file-or-digest",
    }
    assert [file.material for file in found.named] == ["right"]
    assert all(fault.reason.en and fault.fix.en for fault in found.faults)
