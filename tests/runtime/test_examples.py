"""The applications under examples/: what a reader tries first is taken as it stands, and the faulty one is refused."""

from datetime import date
from pathlib import Path

import pytest

from gateway.submission import CaseApplication
from one_things.catalogue import Catalogue
from one_things.planning import application_faults, make_plan
from runtime.cli.application_files import files_of
from runtime.cli.yaml_file import read_mapping
from security.contents import content_digest

EXAMPLES = Path(__file__).parents[2] / "examples"
TODAY = date(2026, 11, 23)
FAULTY = "faulty-exit.yaml"


def application(name: str) -> CaseApplication:
    """The example as it reaches the gateway: its files uploaded."""
    written = read_mapping(EXAMPLES / name, "an application")
    digests = {file.place: content_digest("international", file.content) for file in files_of(written, EXAMPLES).named}
    written["materials"] = [
        {"id": one["id"], "digest": digests.get(place) or one.get("digest", "0" * 64)}
        for place, one in enumerate(written["materials"])
    ]
    return CaseApplication.model_validate(written)


@pytest.mark.parametrize("name", sorted(file.name for file in EXAMPLES.glob("*.yaml") if file.name != FAULTY))
def test_an_example_is_accepted_as_it_stands(name: str):
    applied = application(name)
    bundle = Catalogue().get(applied.bundle)

    assert files_of(read_mapping(EXAMPLES / name, "an application"), EXAMPLES).faults == ()
    assert application_faults(bundle, applied, TODAY) == ()
    assert make_plan(bundle, applied, "0" * 64, TODAY).items


def test_the_faulty_example_has_several_faults():
    applied = application(FAULTY)

    assert len(application_faults(Catalogue().get(applied.bundle), applied, TODAY)) > 5


def test_the_examples_show_files_digests_and_how_papers_come():
    written = [read_mapping(file, "an application") for file in EXAMPLES.glob("*.yaml")]
    ways = {name for one in written for material in one["materials"] for name in material}

    assert ways == {"id", "file", "digest"}
    assert any("delivery" in one for one in written)
