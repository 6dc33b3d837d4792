"""Where commands find the gateway, and as whom they ask: by settings, or the embedded city of the data directory."""

from __future__ import annotations

from pathlib import Path

from runtime.cli.commands import CommandFailed
from runtime.cli.gateway_client import Access
from runtime.settings import Settings

_BAD_INPUT = 2


def access_to(settings: Settings, data_dir: Path | None, operator: bool) -> Access:
    """The gateway and the token of the settings; what they do not say, the embedded city does.

    A token of the embedded city is the sample applicant's, or with ``operator`` the sample operator's. Raises
    CommandFailed with what can be done, when there is neither.
    """
    from runtime.embedded.places import default_data_dir
    from runtime.embedded.ports import HOST, RememberedPorts
    from runtime.embedded.secrets import CitySecrets
    from security.tokens import Role

    if settings.public_url is not None:
        if settings.token is None:  # the embedded city's own tokens are not for other places
            raise CommandFailed("ONETHING_PUBLIC_URL is set: set ONETHING_TOKEN too, to say who asks", _BAD_INPUT)
        return Access(settings.gateway_url, settings.token.get_secret_value())
    place = (data_dir or settings.data_dir or default_data_dir()).absolute()
    port = RememberedPorts(place / "city.json").all().get("gateway")
    if port is None or not (place / "secrets").is_dir():
        raise CommandFailed(
            f"no city is found in {place}: start one with `onething up` or `onething demo`, or set ONETHING_PUBLIC_URL "
            "and ONETHING_TOKEN",
            _BAD_INPUT,
        )
    url = f"http://{HOST}:{port}"
    if settings.token is not None:
        return Access(url, settings.token.get_secret_value())
    if operator:
        return Access(url, CitySecrets(place).token("sample-operator", Role.OPERATOR))
    return Access(url, CitySecrets(place).token("sample-applicant", Role.APPLICANT))
