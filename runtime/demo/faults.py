"""How a demonstration fails, in one clear line each."""


class DemonstrationFailed(Exception):
    """It did not go as it should; the message says which case, which item, and whom it waits for."""

    code = "demonstration-failed"
