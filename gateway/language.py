"""Which of the two languages a caller reads, and whether they want a page or data."""

from collections.abc import Iterator

from starlette.requests import HTTPConnection

LANGUAGES = ("zh", "en")
LANGUAGE_COOKIE = "lang"


def language_of(connection: HTTPConnection) -> str:
    """``?lang=``, else what they chose last (a cookie), else Accept-Language, else Chinese."""
    for stated in (connection.query_params.get("lang"), connection.cookies.get(LANGUAGE_COOKIE)):
        if stated in LANGUAGES:
            return str(stated)
    accepted = connection.headers.get("accept-language")
    if accepted is None:
        return "zh"
    ranked = sorted(_weighted(accepted), key=lambda entry: -entry[1])
    for tag, weight in ranked:
        primary = tag.partition("-")[0]
        if weight > 0 and primary in LANGUAGES:
            return primary
    return "zh"


def wants_page(connection: HTTPConnection) -> bool:
    """Whether HTML is preferred to JSON, as browsers say it (RFC 9110, 12.5.1); anything may mean JSON."""
    weights = dict(_weighted(connection.headers.get("accept", "*/*")))
    page = weights.get("text/html", weights.get("application/xhtml+xml", 0.0))
    data = weights.get("application/json", weights.get("application/*", 0.0))
    return page > 0 and page >= data


def _weighted(header: str) -> Iterator[tuple[str, float]]:
    for entry in header.split(","):
        name, *parameters = (part.strip() for part in entry.lower().split(";"))
        weight = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                try:
                    weight = float(parameter[2:])
                except ValueError:
                    weight = 0.0
        if name:
            yield name, weight
