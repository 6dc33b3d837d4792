"""The two shapes every model of the domain shares: frozen records, and texts in both languages."""

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """A frozen value that refuses unknown fields, so that a misspelt field is a fault and never silence."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
