"""The names under which workflows call the activities; histories hold them, so they are never reused."""

SUBMIT_ITEM = "submit-item"
UNDO_ITEM = "undo-item"
FETCH_SHARED_DATA = "fetch-shared-data"
CHECK_EXCLUSION = "check-exclusion"
REPORT_COMMITMENT = "report-commitment"
SUPPLY_MATERIAL = "supply-material"
ORDER_DELIVERY = "order-delivery"
RECKON_DEFERRAL = "reckon-deferral"
LOOK_UP_LICENCE = "look-up-licence"
CHECK_CREDIT = "check-credit"
RECKON_ACCEPTANCE = "reckon-acceptance"
RECKON_SILENCE = "reckon-silence"
RECKON_DATE = "reckon-date"
RECKON_LIMIT = "reckon-limit"
DRAW_UP_DOCUMENT = "draw-up-document"
ASK_TO_SIGN = "ask-to-sign"
APPEND_EVENTS = "append-events"

NO_ANSWER = "no-answer"
"""Type of the failure of an activity whose department, or source, gave no clear answer."""
BUSY_HERE = "busy-here"
"""The same, where nobody was asked: all our own connections to it were taken."""


def department_queue(own_queue: str, department: str) -> str:
    """The task queue of everything patient about this department, beside the cases' own queue."""
    return f"{own_queue}.department.{department}"
