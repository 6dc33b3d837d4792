"""`onething new-deployment`: everything secret that a deployment with sandbox departments needs, made up afresh."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from runtime.cli.commands import CommandFailed, Commands
from runtime.cli.console import errors, results
from runtime.settings import PREFIX

_DEPARTMENTS_URL = "http://departments:8090"  # as docker-compose.yml calls them


def register(commands: Commands) -> None:
    """Add `new-deployment`."""
    commands.application.command("new-deployment")(new_deployment)


def new_deployment(
    folder: Annotated[Path, typer.Argument(help="Folder for keys and credentials; it must not exist yet.")],
    environment: Annotated[Path, typer.Option(help="File of variables to write.")] = Path(".env"),
    bundles: Annotated[
        Path | None,
        typer.Option(
            envvar=f"{PREFIX}BUNDLE_DIRECTORY",
            help="A further folder of bundles, whose departments are served as well.",
            exists=True,
            file_okay=False,
        ),
    ] = None,
) -> None:
    """Make keys, passwords and department credentials for docker-compose.yml; what only you know stays to be filled in.

    Example: `onething new-deployment deployment && docker compose config --quiet`
    """
    from adapters.sandbox.departments import departments_of
    from one_things.catalogue import Catalogue
    from runtime.embedded.department_secrets import DepartmentSecrets
    from runtime.embedded.secret_files import write_private

    for place in (folder, environment):
        if place.exists():
            raise CommandFailed(f"{place} exists: it may hold the only keys to a record, move it away first", 2)
    folder.mkdir(mode=0o700, parents=True)
    DepartmentSecrets(folder).make(_DEPARTMENTS_URL, departments_of(Catalogue(bundles)))
    write_private(environment, environment_file(folder))
    results.print(str(environment))
    errors.print(f"written: {environment} and {folder}; fill in the addresses that are empty in {environment}")


def environment_file(folder: Path) -> str:
    """The variables of docker-compose.yml, with new secrets."""
    import secrets

    from runtime.embedded.secrets import GENERATED
    from runtime.settings_loading import variable

    made = {variable(name): new() for name, new in GENERATED.items()}
    values = {
        "DEPLOYMENT_DIR": str(folder.absolute()),
        "DEPLOYMENT_USER": f"{os.geteuid()}:{os.getegid()}",
        "DATABASE_PASSWORD": secrets.token_hex(24),
        "TEMPORAL_DATABASE_PASSWORD": secrets.token_hex(24),
        **made,
    }
    to_fill_in = ("ONETHING_PUBLIC_URL", "ONETHING_OIDC_ISSUER", "ONETHING_OIDC_JWKS_URL")
    lines = ["# Secrets of this deployment: keep a copy in a safe place, and this file out of version control."]
    lines += [f"{name}='{value}'" for name, value in values.items()]
    lines += ["", "# Addresses that only you know; `docker compose` refuses to start while one is empty."]
    lines += [f"{name}=" for name in to_fill_in]
    return "\n".join(lines) + "\n"
