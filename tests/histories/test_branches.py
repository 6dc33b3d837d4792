"""Every branch of a case is taken by a recorded history, or stands here with the reason why none can take it."""

from tests.histories.branches import Branch, all_branches, taken

_AFTER_THE_END = "the gateway appends it to the record when the workflow has ended"
EXCUSED = {
    Branch("event", "case_rated"): _AFTER_THE_END,
    Branch("event", "rating_answered"): _AFTER_THE_END,
    Branch("event", "decision_set_aside", "case_closed"): _AFTER_THE_END,
}
"""Branches that no history can take, each with its reason."""


def test_every_branch_is_in_a_recorded_history() -> None:
    missing = all_branches() - set(taken()) - set(EXCUSED)
    assert not missing, "write a story for each, and record it (tests/histories/record.py): " + ", ".join(
        map(str, sorted(missing))
    )


def test_what_is_excused_exists_and_is_in_none() -> None:
    assert set(EXCUSED) <= all_branches()
    assert not set(EXCUSED) & set(taken())


def test_histories_hold_nothing_that_the_code_does_not_know() -> None:
    """An event or an activity that histories hold is never renamed; of a call, only its way may be another today."""
    known = {(branch.kind, branch.name) for branch in all_branches()}
    assert {(branch.kind, branch.name) for branch in taken()} <= known


def test_the_branches_that_are_counted_are_those_of_the_code() -> None:
    """Where the code is read, something is found: one branch of each kind and way that must be there."""
    assert all_branches() >= {
        Branch("event", "case_opened"),
        Branch("update", "decide"),
        Branch("activity", "append-events", "once"),
        Branch("activity", "submit-item", "once"),
        Branch("activity", "submit-item", "until-answered"),
        Branch("activity", "reckon-date", "local"),
        Branch("activity", "report-commitment", "for-days"),
        Branch("change", "a call that never left waits its turn"),
    }
