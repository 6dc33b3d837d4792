"""The names under which workflows call the activities; histories hold them, so they are never reused."""

SUBMIT_ITEM = "submit-item"
UNDO_ITEM = "undo-item"
FETCH_SHARED_DATA = "fetch-shared-data"
RECKON_DATE = "reckon-date"
RECKON_LIMIT = "reckon-limit"
APPEND_EVENTS = "append-events"
