"""What goes first among the calls that wait for one department: by what is asked, and who waits for it."""

from datetime import UTC, datetime

import pytest

from activities import models
from activities.haste import Haste
from activities.models import DepartmentRequest, ReportRequest, SubmitRequest, SupplyRequest, UndoRequest
from one_things.model import Record
from one_things.plan import PlannedCommitment, PlannedMaterial
from one_things.text import Text
from workflows.calling import fair_among

AT = datetime(2026, 3, 2, tzinfo=UTC)
TITLE = Text(zh="材料", en="A material")


def submission(attempt: int = 1, *, pressed: bool = False) -> SubmitRequest:
    return SubmitRequest(
        case_no="1",
        item="it",
        attempt=attempt,
        department="tax",
        fields=(),
        materials=(),
        sealed_fields=(),
        committed_days=None,
        notice=None,
        at=AT,
        pressed=pressed,
    )


UNDOING = UndoRequest(case_no="1", item="it", attempt=1, department="tax", reason="refused")
SUPPLYING = SupplyRequest.model_construct(
    item="it", attempt=1, department="tax", material=PlannedMaterial.model_construct(id="lease", title=TITLE)
)
REPORT = ReportRequest.model_construct(commitment=PlannedCommitment.model_construct(supervised_by="tax"))


@pytest.mark.parametrize(
    ("request_", "haste"),
    [
        pytest.param(submission(), Haste.USUAL, id="handed-in"),
        pytest.param(submission(2), Haste.SOONER, id="handed-in-again-by-a-person"),
        pytest.param(submission(pressed=True), Haste.SOONER, id="under-a-pressing-limit"),
        pytest.param(UNDOING, Haste.SOONER, id="undone"),
        pytest.param(SUPPLYING, Haste.SOONER, id="supplied"),
        pytest.param(REPORT, Haste.LATER, id="reported"),
    ],
)
def test_how_urgent_a_request_is(request_: DepartmentRequest, haste: Haste) -> None:
    assert request_.haste is haste
    assert fair_among("enterprise-exit", request_.haste).priority_key == haste


def test_every_other_request_goes_as_usual() -> None:
    own = {SubmitRequest, UndoRequest, SupplyRequest, ReportRequest}
    others = {
        kind
        for kind in vars(models).values()
        if isinstance(kind, type) and issubclass(kind, Record) and issubclass(kind, DepartmentRequest)
    } - own
    assert len(others) >= 7
    assert {kind.__name__ for kind in others if kind.haste is not DepartmentRequest.haste} == set()


def test_what_was_recorded_before_there_was_a_haste_is_as_usual() -> None:
    old = submission().model_dump(mode="json")
    del old["pressed"]
    assert SubmitRequest.model_validate(old).haste is Haste.USUAL
