"""What can go wrong with the record: one small tree, each with a stable code; edges translate it."""


class StoreError(Exception):
    """The record refused or could not be reached."""

    code = "store-error"

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.__class__.__doc__)


class StoreUnavailable(StoreError):
    """PostgreSQL did not answer in time or is away; whether the last statement took effect is not known. Repeat it."""

    code = "store-unavailable"


class VersionConflict(StoreError):
    """The case already holds other events at these versions."""

    code = "version-conflict"

    def __init__(self, case_no: str, expected_version: int, head_version: int) -> None:
        super().__init__(f"{case_no}: expected to append after version {expected_version}, the head is {head_version}")
        self.case_no = case_no
        self.expected_version = expected_version
        self.head_version = head_version


class IdempotencyConflict(StoreError):
    """This idempotency key was used before with another request."""

    code = "idempotency-conflict"


class UnknownCase(StoreError):
    """No case of this number is on record."""

    code = "unknown-case"

    def __init__(self, case_no: str) -> None:
        super().__init__(f"no case {case_no} is on record")
        self.case_no = case_no


class KeyDestroyed(StoreError):
    """The key of this case was destroyed; its personal data is erased."""

    code = "key-destroyed"


class KeyConflict(StoreError):
    """The case holds another key than the one that was to be put or replaced."""

    code = "key-conflict"


class ProjectionBroken(StoreError):
    """An event does not follow from what the read models hold of its case: it needs a newer release, or a rebuild."""

    code = "projection-broken"


class ClusterTooYoung(StoreError):
    """The record was restored into a cluster whose transaction ids are behind it; following it would skip events."""

    code = "cluster-too-young"


class TooMuchStored(StoreError):
    """The draft or the case holds as many contents as it may, or its owner has as many drafts."""

    code = "too-much-stored"
