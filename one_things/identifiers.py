"""Numbers that people type in: identity number, credit code, e-licence identifier, mobile phone, item code.

Each function returns the one normal form or raises :class:`IdentifierFault`, which says what is wrong, where, and how
to put it right, and never repeats the number. Check digits are `python-stdnum`'s; its further conditions are not
used where they refuse numbers that were really issued.
"""

import re
from string import ascii_uppercase, digits, whitespace
from unicodedata import normalize

from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_37_36
from stdnum.util import clean

from one_things.faults import DomainError, Fault
from one_things.text import Text

E_LICENCE_OID = "1.2.156.3005.2"
"""The root of every e-licence identifier (GB/T 36904)."""

# GB 32100 leaves out the letters that are read as 1, 0, 2, 5 and U.
_CREDIT_CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_E_LICENCE_FIELDS = (
    Text(zh="证照类型代码", en="licence type"),
    Text(zh="颁发机构代码", en="issuer"),
    Text(zh="流水号", en="serial number"),
    Text(zh="版本号", en="version"),
    Text(zh="校验位", en="check character"),
)
_SEPARATORS = whitespace + "-\u200b\u2060\ufeff"
_COUNTRY_CODE = re.compile(r"(?:\+|00)?86(?=1[0-9]{10}$)")


class IdentifierFault(DomainError):
    """What is wrong with an identifier; ``position`` is that of the first wrong character, from 1, where there is one.

    Not a ValueError on purpose: pydantic would turn that into an error message that repeats the number.
    """

    def __init__(self, code: str, reason: Text, fix: Text, position: int | None = None) -> None:
        super().__init__(code, reason, fix, position)
        self.code = code
        self.reason = reason
        self.fix = fix
        self.position = position

    def __str__(self) -> str:
        return f"{self.code}: {self.reason.en}"

    def at(self, field: str) -> Fault:
        """The fault as one of an application's, at the path ``field``."""
        return Fault(field=field, code=self.code, reason=self.reason, fix=self.fix)


def identity_number(value: str) -> str:
    """The 18 characters of a citizen's identity number (GB 11643), a final ``x`` in upper case.

    Area codes are not looked up: a number keeps the code of a county that was renamed or merged since, and residence
    cards for people of Hong Kong, Macao, Taiwan and abroad have codes of their own. Codes of faults:
    ``identity-number-first-generation``, ``-length``, ``-character``, ``-area``, ``-birth-date``, ``-check-digit``.
    """
    number = _compact(value)
    if len(number) == 15 and _first_outside(number, digits) is None:
        raise IdentifierFault(
            "identity-number-first-generation",
            Text(
                zh="这是15位的第一代身份证号码，自2013年1月1日起停止使用",
                en="a 15-digit number of a first-generation card, invalid since 2013",
            ),
            Text(zh="请填写现用居民身份证上的18位号码", en="enter the 18 characters of the present identity card"),
        )
    _require_length("identity-number", number, 18)
    _require_characters("identity-number", number[:17], digits, Text(zh="应为数字", en="must be a digit"))
    _require_characters(
        "identity-number", number[17:], digits + "X", Text(zh="应为数字或X", en="must be a digit or X"), before=17
    )
    if number[0] == "0":
        raise IdentifierFault(
            "identity-number-area",
            Text(zh="第1位不能是0：没有这样的地区代码", en="character 1 cannot be 0: there is no such area code"),
            Text(zh="请核对号码的前6位", en="compare the first six digits"),
            1,
        )
    _require_birth_date(number)
    _require_check_digit("identity-number", number, ric.calc_check_digit(number))
    return number


def credit_code(value: str) -> str:
    """The 18 characters of a unified social credit code (GB 32100), letters in upper case.

    The first two may be letters as well (A military, N rural collectives, Y others), which `stdnum.cn.uscc.validate`
    refuses. Codes of faults: ``credit-code-length``, ``-character``, ``-check-digit``.
    """
    code = _compact(value)
    _require_length("credit-code", code, 18)
    letters = Text(
        zh="应为数字或大写字母（不使用I、O、Z、S、V）", en="must be a digit or a letter other than I, O, Z, S, V"
    )
    _require_characters("credit-code", code[:2], _CREDIT_CODE_ALPHABET, letters)
    _require_characters("credit-code", code[2:8], digits, Text(zh="应为数字", en="must be a digit"), before=2)
    _require_characters("credit-code", code[8:], _CREDIT_CODE_ALPHABET, letters, before=8)
    _require_check_digit("credit-code", code, uscc.calc_check_digit(code))
    return code


def e_licence_identifier(value: str) -> str:
    """An e-licence identifier (GB/T 36904): ``1.2.156.3005.2.<type>.<issuer>.<serial>.<version>.<check>``, upper case.

    The lengths of type, issuer and serial are left open, as issuers differ; the check character (ISO 7064 MOD 37,36)
    covers them. Codes of faults: ``e-licence-root``, ``-fields``, ``-character``, ``-version``, ``-check-digit``.
    """
    identifier = _compact(value)
    if not identifier.startswith(E_LICENCE_OID + "."):
        raise IdentifierFault(
            "e-licence-root",
            Text(
                zh=f"电子证照标识应以{E_LICENCE_OID}.开头", en=f"an e-licence identifier begins with {E_LICENCE_OID}."
            ),
            Text(zh="请填写电子证照上完整的证照标识", en="enter the whole identifier printed on the e-licence"),
            1,
        )
    fields = identifier.removeprefix(E_LICENCE_OID + ".").split(".")
    if len(fields) != len(_E_LICENCE_FIELDS):
        raise IdentifierFault(
            "e-licence-fields",
            Text(
                zh=f"根代码之后应有5段，实际为{len(fields)}段",
                en=f"5 fields must follow the root, there are {len(fields)}",
            ),
            Text(
                zh="请按“类型.颁发机构.流水号.版本.校验位”填写",
                en="enter type, issuer, serial number, version and check character, separated by dots",
            ),
        )
    position = len(E_LICENCE_OID) + 1
    for name, field in zip(_E_LICENCE_FIELDS, fields, strict=True):
        wrong = _first_outside(field, digits + ascii_uppercase)
        if wrong is not None or not field:
            raise IdentifierFault(
                "e-licence-character",
                Text(
                    zh=f"{name.zh}只能由数字和字母组成，且不能为空", en=f"the {name.en} consists of digits and letters"
                ),
                Text(zh=f"请核对{name.zh}", en=f"compare the {name.en}"),
                position + (wrong or 1),
            )
        position += len(field) + 1
    *body, version, check = fields
    if not re.fullmatch("[0-9]{3}", version):
        raise IdentifierFault(
            "e-licence-version",
            Text(zh="版本号应为3位数字", en="the version has 3 digits"),
            Text(zh="请核对版本号，例如001", en="compare the version, such as 001"),
        )
    covered = "".join((*body, version))
    if len(check) != 1 or check != mod_37_36.calc_check_digit(covered):
        raise _wrong_check_digit("e-licence", len(identifier))
    return identifier


def mobile_phone(value: str) -> str:
    """The 11 digits of a mobile phone of the Chinese mainland; a country code +86 is taken off.

    Codes of faults: ``mobile-phone-length``, ``-character``, ``-range``.
    """
    number = _COUNTRY_CODE.sub("", _compact(value))
    _require_characters("mobile-phone", number, digits, Text(zh="应为数字", en="must be a digit"))
    _require_length("mobile-phone", number, 11)
    if not re.match("1[3-9]", number):
        raise IdentifierFault(
            "mobile-phone-range",
            Text(zh="手机号码应以13至19开头", en="a mobile number begins with 13 to 19"),
            Text(zh="请填写中国内地手机号码", en="enter a mobile number of the Chinese mainland"),
            1 if number[0] != "1" else 2,
        )
    return number


def item_code(value: str, pattern: str | re.Pattern[str]) -> str:
    """An item code as the platform's configured ``pattern`` wants it, trimmed, otherwise untouched.

    The code is opaque: two published standards disagree even on its length. Code of the fault: ``item-code-pattern``.
    """
    code = value.strip()
    if re.fullmatch(pattern, code) is None:
        raise IdentifierFault(
            "item-code-pattern",
            Text(zh="事项编码不符合本平台的编码规则", en="the item code does not follow the rule of this platform"),
            Text(zh="请从事项清单复制编码", en="copy the code from the list of items"),
        )
    return code


def _compact(value: str) -> str:
    """As a Chinese keyboard and copying leave it: full-width forms made narrow, separators gone, in upper case."""
    return clean(normalize("NFKC", value), _SEPARATORS).upper()


def _first_outside(text: str, alphabet: str) -> int | None:
    return next((place for place, character in enumerate(text, start=1) if character not in alphabet), None)


def _require_length(kind: str, text: str, length: int) -> None:
    if len(text) != length:
        raise IdentifierFault(
            f"{kind}-length",
            Text(zh=f"应为{length}位，实际为{len(text)}位", en=f"must have {length} characters, has {len(text)}"),
            Text(zh="请核对是否漏填或多填", en="see whether a character is missing or too many"),
        )


def _require_characters(kind: str, text: str, alphabet: str, rule: Text, before: int = 0) -> None:
    wrong = _first_outside(text, alphabet)
    if wrong is not None:
        position = before + wrong
        raise IdentifierFault(
            f"{kind}-character",
            Text(zh=f"第{position}位{rule.zh}", en=f"character {position} {rule.en}"),
            Text(zh=f"请核对第{position}位", en=f"compare character {position}"),
            position,
        )


def _require_birth_date(number: str) -> None:
    try:
        ric.get_birth_date(number)
    except ValidationError:
        position = 7 if number[6:10] == "0000" else 13 if "01" <= number[10:12] <= "12" else 11
        raise IdentifierFault(
            "identity-number-birth-date",
            Text(zh="第7至14位不是有效的出生日期", en="characters 7 to 14 are not a date of birth"),
            Text(zh=f"请从第{position}位起核对年月日", en=f"compare year, month and day from character {position} on"),
            position,
        ) from None


def _require_check_digit(kind: str, number: str, expected: str) -> None:
    if number[-1] != expected:
        raise _wrong_check_digit(kind, len(number))


def _wrong_check_digit(kind: str, position: int) -> IdentifierFault:
    # The right check digit is not told: it would make any mistyped number pass.
    return IdentifierFault(
        f"{kind}-check-digit",
        Text(
            zh=f"第{position}位校验位与前面各位不符，号码中有误",
            en=f"check character {position} does not fit those before it",
        ),
        Text(
            zh="请逐位核对，注意相邻两位是否颠倒", en="compare each character; two neighbours may have changed places"
        ),
        position,
    )
