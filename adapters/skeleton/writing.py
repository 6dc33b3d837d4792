"""Writes the skeleton of a department's system."""

import secrets
from pathlib import Path
from textwrap import indent
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from jinja2 import Environment, StrictUndefined

from adapters.configuration.kinds import Kind

_FILES: Final = Path(__file__).with_name("files")
_SUFFIX: Final = ".tpl"
_CODE: Final = "DEPARTMENT_CODE"
"""Stands for the department's code."""
_PUBLIC_KEY: Final = "PUBLIC_KEY_AS_PEM"
KINDS: Final = (Kind.HTTP_PUSH, Kind.HTTP_POLL)
"""Those that there is a skeleton of."""
_OF_ONE_KIND: Final = {"app/callbacks.py": Kind.HTTP_PUSH, "app/listing.py": Kind.HTTP_POLL}
_TEMPLATES: Final = Environment(
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    undefined=StrictUndefined,
    autoescape=False,  # noqa: S701 - these become source files, not pages
)


class FolderNotEmpty(Exception):
    """There is something in the folder already; the message names it."""

    code = "folder-not-empty"


def write(code: str, folder: Path, kind: Kind = Kind.HTTP_PUSH) -> tuple[Path, ...]:
    """Write the files of a department that pushes its decisions or is polled, a new key pair and a new credential.

    Returns what was written, relative to the folder. Private key and credential are readable by their owner only.
    Raises FolderNotEmpty, OSError.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderNotEmpty(f"{folder} is there already and is not an empty folder")
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    filled = {_CODE: code, _PUBLIC_KEY: indent(public.strip(), " " * 8)}
    written = [
        _put(folder, f"secrets/{code}.1.pem", private, private=True),
        _put(folder, "secrets/token", secrets.token_urlsafe(32).encode(), private=True),
        _put(folder, f"{code}.1.pub.pem", public.encode()),
    ]
    for template in sorted(_FILES.rglob(f"*{_SUFFIX}")):
        name = str(template.relative_to(_FILES)).removesuffix(_SUFFIX).replace("dot-", ".")
        if _OF_ONE_KIND.get(name, kind) is not kind:
            continue
        text = _TEMPLATES.from_string(template.read_text(encoding="utf-8")).render(polled=kind is Kind.HTTP_POLL)
        for placeholder, value in filled.items():
            text = text.replace(placeholder, value)
        written.append(_put(folder, name, text.encode()))
    return tuple(written)


def _put(folder: Path, name: str, content: bytes, *, private: bool = False) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700 if private else 0o777)
    file.touch(mode=0o600 if private else 0o666)
    file.write_bytes(content)
    return Path(name)
