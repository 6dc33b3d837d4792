"""Where secrets are found, and which keys a department signs with: no secret stands in the file itself."""

from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, GetJsonSchemaHandler, StringConstraints, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from adapters.configuration.values import Moment, require_one
from one_things.model import Record
from one_things.text import Text
from one_things.yaml_words import mistake


class CredentialReference(Record):
    """Where a secret is found: in a file (relative to the directory's own folder) or in an environment variable."""

    file: Path | None = None
    variable: Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")] | None = None

    @model_validator(mode="before")
    @classmethod
    def _no_secret_itself(cls, written: Any) -> Any:
        if not isinstance(written, str):
            return written
        raise mistake(
            "secret-in-file",
            Text(zh="此文件不得写入密码。", en="a secret does not stand in this file."),
            Text(
                zh="请写在另一个文件或环境变量中，此处只写其名，并更换已写入的密码。",
                en="Put it in a file or a variable of its own and name that here, as file or variable; "
                "and replace the secret: it was written down.",
            ),
        )

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        require_one(
            "credential-unclear",
            (self.file, self.variable),
            Text(zh="须写明文件或环境变量之一。", en="it names neither a file nor a variable, or both."),
            Text(zh="请写 file 或 variable。", en="Name either a file or a variable."),
        )
        return self


class PublicKey(Record):
    """A public key of the department, and when it may sign; written as the PEM alone it is good at any time."""

    pem: Annotated[str, StringConstraints(min_length=1, max_length=10_000)]
    valid_from: Moment | None = None
    valid_until: Moment | None = None
    """No longer at this very moment."""

    @model_validator(mode="before")
    @classmethod
    def _pem_alone(cls, written: Any) -> Any:
        return {"pem": written} if isinstance(written, str) else written

    @model_validator(mode="after")
    def _public_and_valid(self) -> Self:
        if "PRIVATE KEY" in self.pem:
            raise mistake(
                "private-key-in-file",
                Text(zh="这是私钥。", en="this is a private key."),
                Text(
                    zh="请填写公钥，并更换这对密钥：私钥只应留在部门。",
                    en="Write down its public half; and have the department make a new pair: nobody else may hold it.",
                ),
            )
        if self.valid_from is not None and self.valid_until is not None and self.valid_until <= self.valid_from:
            raise mistake(
                "key-ends-first",
                Text(zh="有效期的结束不晚于开始。", en="it ends to be valid before it begins."),
                Text(zh="请核对 valid_from 和 valid_until。", en="Check valid_from and valid_until."),
            )
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        as_object = handler.resolve_ref_schema(handler(schema))
        return {"anyOf": [{"type": "string", "description": "The PEM alone."}, as_object]}


Keys = Annotated[dict[str, PublicKey], Field(max_length=20)]
"""By key id, which reads ``<department>.<version>``."""
