"""The applications under examples/: what a reader tries first is taken as it stands, and the faulty one is refused."""

from datetime import date
from pathlib import Path

import pytest

from gateway.submission import CaseApplication
from one_things.catalogue import Catalogue
from one_things.planning import application_faults, make_plan
from runtime.cli.yaml_file import read_mapping

EXAMPLES = Path(__file__).parents[2] / "examples"
TODAY = date(2026, 11, 23)
FAULTY = "faulty-exit.yaml"


def application(name: str) -> CaseApplication:
    return CaseApplication.model_validate(read_mapping(EXAMPLES / name, "an application"))


@pytest.mark.parametrize("name", sorted(file.name for file in EXAMPLES.glob("*.yaml") if file.name != FAULTY))
def test_an_example_is_accepted_as_it_stands(name: str):
    applied = application(name)
    bundle = Catalogue().get(applied.bundle)

    assert application_faults(bundle, applied, TODAY) == ()
    assert make_plan(bundle, applied, "0" * 64, TODAY).items


def test_the_faulty_example_has_several_faults():
    applied = application(FAULTY)

    assert len(application_faults(Catalogue().get(applied.bundle), applied, TODAY)) > 5
