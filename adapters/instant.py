"""A department that decides while one waits: every answer is its decision, and "taken" breaks its contract."""

from adapters.http_push import HttpPushDepartment
from adapters.port import Outcome, Standing, Submission, Taken, Unknown, UnknownCause, key_undone_by


class InstantDepartment(HttpPushDepartment):
    """`DepartmentPort` over HTTP for a department that sends no decisions afterwards.

    A 202 would leave the item waiting for a decision that nobody sends: it is not known, and asked for again.
    An undoing may take its time as everywhere: we ask about it until it is done; and a report needs no decision.
    """

    async def submit(self, submission: Submission) -> Outcome:
        outcome = await super().submit(submission)
        return self._broken() if isinstance(outcome, Taken) and _is_decided(submission.key) else outcome

    async def ask(self, key: str) -> Standing:
        standing = await super().ask(key)
        return self._broken() if isinstance(standing, Taken) and _is_decided(key) else standing

    def _broken(self) -> Unknown:
        return Unknown(
            detail=f"{self.code} answered 202, but is configured to decide at once; nobody would send the decision",
            cause=UnknownCause.NOT_INSTANT,
        )


def _is_decided(key: str) -> bool:
    """Whether what goes under this key is something to decide: not an undoing, and not a report."""
    return key == key_undone_by(key) and ":commitment:" not in key
