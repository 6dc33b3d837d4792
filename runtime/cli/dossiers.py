"""`onething dossier …`: is the dossier of a case still what this platform signed?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from runtime.cli.commands import CommandFailed, Commands
from runtime.cli.console import results

if TYPE_CHECKING:
    from security.attestations import AttestationKeys

_BAD_INPUT = 2
_MEANING = {
    "not-a-dossier": "it is no dossier, or only a part of one",
    "too-large": "it unpacks to more than any dossier holds",
    "part-missing": "the manifest names it, but it is not there",
    "part-changed": "it is not what was put in",
    "part-extra": "somebody added it",
    "seal-refused": "the manifest is not what these keys signed",
    "chain-broken": "the events do not follow from one another",
}


def register(commands: Commands) -> None:
    """Add the group `dossier`."""
    commands.group("dossier", "The archive of one case.").command("verify")(verify)


def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The dossier, a zip.", exists=True, dir_okay=False)],
    keys: Annotated[
        Path,
        typer.Option(
            "--keys", metavar="FILE", help="What `/receipts/key` of the platform gave.", exists=True, dir_okay=False
        ),
    ],
) -> None:
    """Compare every part of a dossier with its signed manifest, and follow the chain of its events. Needs no platform.

    Ends with 0 when it is as it was made, 1 when it is not, 2 when the keys cannot be read.

    Example: `onething dossier verify dossier-4419-2026-000017.zip --keys receipt-keys.json`
    """
    from gateway.dossier_file import dossier_findings
    from security.suites import suite, suite_names

    hashers = {name: suite(name) for name in suite_names()}
    manifest, findings = dossier_findings(file.read_bytes(), hashers, _keys(keys))
    for finding in findings:
        results.print(f"{finding.part}: {_MEANING[finding.code]} ({finding.code})", markup=False, soft_wrap=True)
    if findings or manifest is None:
        raise CommandFailed(f"{file.name} is not what was made: {len(findings)} findings")
    results.print(
        f"{file.name} is genuine: case {manifest.number}, {manifest.version} events until "
        f"{manifest.as_of:%Y-%m-%d %H:%M} UTC, {len(manifest.parts)} parts",
        markup=False,
        soft_wrap=True,
    )


def _keys(file: Path) -> AttestationKeys:
    from security.attestations import AttestationKeys, AttestationKeysInvalid

    try:
        published = json.loads(file.read_text(encoding="utf-8"))
        return AttestationKeys.from_published({key["kid"]: key["pem"] for key in published["keys"]})
    except (ValueError, KeyError, TypeError, AttributeError, AttestationKeysInvalid):
        raise CommandFailed(
            f"{file} holds no keys: save what https://<the platform>/receipts/key answers", _BAD_INPUT
        ) from None
