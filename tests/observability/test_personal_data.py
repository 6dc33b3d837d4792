import pytest
from pydantic import BaseModel, ValidationError

from observability.personal_data import LONGEST_TEXT, REDACTED, reason, redact


@pytest.mark.parametrize(
    "personal",
    [
        "11010519491231002X",
        "11010519491231002x",
        "110105 19491231 002X",
        "110105491231002",
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "+8613800138000",
        "+86 138 0013 8000",
        "91350100M000100Y43",
        "91350100m000100y43",
        "测试申请人甲",
        "阿不都·热合曼",
        "%E5%BC%A0%E4%B8%89",
    ],
)
@pytest.mark.parametrize("around", ["{}", "the holder {} asks", "phone={};", "/people/{}/papers", "'{}'"])
def test_what_tells_of_a_person_is_cut_out(personal: str, around: str) -> None:
    text = around.format(personal)
    assert personal not in redact(text)
    assert REDACTED in redact(text)


@pytest.mark.parametrize(
    "harmless",
    [
        "4419-2026-000017",
        "4419-2026-000017:business-licence:1:undo",
        "1310-2026-138001",
        "01a2040a-7f4c-7266-a58b-7588f35f60d8",
        "00-33484db3721b6d46dc6bef2cb04bded2-e5751db07d84155f-01",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "2026-11-22T16:15:24.393123+00:00",
        "1795000000000000000",
        "POST http://127.0.0.1:8080/submissions/4419-2026-000017%3Atax%3A1 200",
        "waiting… – what now?",
        "port 34993, 1500 events in 0.25 s",
    ],
)
def test_codes_and_numbers_of_ours_stay(harmless: str) -> None:
    assert redact(harmless) == harmless


def test_queries_and_credentials_of_urls_are_cut_out() -> None:
    assert redact("GET http://h/a?name=Wang&x=1 failed") == f"GET http://h/a?{REDACTED} failed"
    assert redact("postgresql://city:secret@127.0.0.1/city") == f"postgresql://{REDACTED}@127.0.0.1/city"


def test_a_very_long_text_is_cut() -> None:
    assert len(redact("a" * 100_000)) == LONGEST_TEXT + 1


class _Form(BaseModel):
    phone: int
    name: int


def test_a_validation_error_is_told_by_places_and_kinds() -> None:
    with pytest.raises(ValidationError) as caught:
        _Form.model_validate({"phone": "Wang Xiaoming", "name": "Wang"})
    assert reason(caught.value) == "phone: int_parsing; name: int_parsing"


def test_only_the_first_line_of_a_message_is_told() -> None:
    error = RuntimeError("duplicate key\nDETAIL: Key (owner)=(Wang) already exists.")
    assert reason(error) == "duplicate key"
