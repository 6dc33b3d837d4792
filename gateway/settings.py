"""What the gateway may be told from outside; all times are seconds."""

from pydantic import BaseModel, ConfigDict, Field


class GatewaySettings(BaseModel):
    """Settings of the gateway. Frozen: a change is a restart."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    public_url: str = Field(pattern=r"^https?://[^/\s]+$")
    """Where browsers reach this gateway, without a path. With https the session cookie is marked Secure."""
    city: str = Field(default="4419", pattern=r"^[0-9A-Za-z]{1,12}$")
    """The city's code: the first part of every case number given out here."""
    sandbox: bool = False
    """The departments are simulated and days of waiting may be skipped: pages say so."""
    largest_body: int = Field(default=256 * 1024, ge=1024)
    """Bytes; more is refused before it is read to the end."""
    largest_content: int = Field(default=10 * 1024 * 1024, ge=1024)
    """Bytes of one uploaded material."""
    most_contents: int = Field(default=200 * 1024 * 1024, ge=1024)
    """Bytes of all contents of one draft, and of one case."""
    most_drafts: int = Field(default=20, ge=1)
    """Drafts of one applicant at a time."""
    draft_lifetime: float = Field(default=24 * 3600, gt=0)
    """What was uploaded and never handed in is deleted after this long."""
    sweep_interval: float = Field(default=600, gt=0)
    """How often is looked for drafts that have expired."""
    stream_lifetime: float = Field(default=900, gt=0)
    """A live stream ends after this long and the browser opens a new one: no connection lives for ever."""
    stream_heartbeat: float = Field(default=15, gt=0)
    """Silence longer than this gets a comment, so that proxies keep the connection."""
    stream_queue: int = Field(default=256, ge=1)
    """Events that may wait for one watcher; a watcher further behind is dropped and reconnects."""
    most_streams: int = Field(default=1000, ge=1)
    """Live streams that one process serves at a time."""
    leftover_interval: float = Field(default=5, gt=0)
    """How often the outbox is searched for workflows that were not started."""
    calendar_interval: float = Field(default=5, gt=0)
    """How often is looked for cases that have to be told of a published calendar."""
    supervision_interval: float = Field(default=15, gt=0)
    """How often the gauges of what lies with departments are set."""
    leftover_age: float = Field(default=3, ge=0)
    """A start younger than this is still in the hands of the request that made it."""
