"""Where your own rules go. Everything here is an example: it approves whatever comes.

A decision is one of
    {"verdict": "approved", "results": [{"id", "kind", "reference"}]}
    {"verdict": "refused", "code": "…", "reason": "what the applicant reads", "article": "the law"}
    {"verdict": "correction", "points": [{"code", "field_or_material", "text"}]}
"""

from typing import Any

from app.contract import Submission


def decide(submission: Submission) -> dict[str, Any]:
    """What is decided about this submission."""
    reference = f"DEPARTMENT_CODE/{submission.case_no}/{submission.item}/{submission.attempt}"
    # The id is the one that the bundle announces for the item; ask the platform, or look into the bundle's file.
    result = {"id": submission.item, "kind": "confirmation", "reference": reference}
    return {"verdict": "approved", "results": [result]}


def title_of(result_id: str) -> dict[str, str]:
    """What a result is called."""
    return {"zh": "办结单", "en": "Confirmation"}


def held(dataset: str, subject: dict[str, str]) -> dict[str, Any] | None:
    """What you hold about a subject (shared data); None when you hold nothing."""
    return None
