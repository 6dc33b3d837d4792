"""How the gateway's process is put together from its settings."""

import json
from pathlib import Path

import httpx
from joserfc import jwt
from joserfc.jwk import KeySet
from starlette.types import ASGIApp

from gateway.app import create_app
from runtime.gateway_role import metrics_app, token_verifier
from runtime.settings import Settings
from security.suites import suite
from security.tokens import Role


async def test_metrics_are_served_beside_the_application_and_never_by_it() -> None:
    async def asked(app: ASGIApp) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as client:
            return await client.get("/metrics")

    assert (await asked(create_app(None))).status_code == 404
    answer = await asked(metrics_app())
    assert (answer.status_code, "onething_cases_opened_total" in answer.text) == (200, True)


async def test_roles_and_departments_are_read_where_the_settings_say(tmp_path: Path) -> None:
    international = suite("international")
    key = international.new_token_key()
    jwks = tmp_path / "jwks.json"
    jwks.write_text(json.dumps(KeySet([key]).as_dict(private=False)))
    settings = Settings(
        oidc_issuer="https://id.example.org",
        oidc_jwks_file=jwks,
        oidc_roles_claim="realm_access.roles",
        oidc_departments_claim="onething.departments",
        oidc_identity_claim="onething.identity",
    )
    claims = {
        "iss": "https://id.example.org",
        "aud": "onething",
        "sub": "officer-1",
        "exp": 4102444800,  # 2100-01-01
        "realm_access": {"roles": ["officer"]},
        "onething": {"departments": ["tax"], "identity": "11010519491231002X"},
        "roles": ["operator"],
        "departments": ["customs"],
    }
    algorithm = international.jws_algorithm
    token = jwt.encode({"alg": algorithm, "kid": key.kid}, claims, key, algorithms=[algorithm])
    async with httpx.AsyncClient() as fetching:
        principal = await token_verifier(settings, fetching).verify(token)
    assert principal.roles == {Role.OFFICER}
    assert principal.departments == {"tax"}
    assert principal.identity is not None
    assert principal.identity.get_secret_value() == "11010519491231002X"
    assert "11010519491231002X" not in repr(principal)
