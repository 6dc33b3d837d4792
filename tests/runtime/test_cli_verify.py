"""`onething verify` reads the whole record in one statement."""

from pydantic import SecretStr

from runtime.cli.verify import store_settings
from runtime.settings import Settings


def test_a_big_record_may_take_its_time() -> None:
    settings = Settings(database_url=SecretStr("postgresql://u:p@127.0.0.1:1/x"))
    assert store_settings(settings).session()["statement_timeout"] == "3600000"
