"""What `bundles try` makes of what it is given, before any server is started."""

from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from one_things.bundle_file import read_bundle
from one_things.catalogue import SHIPPED
from one_things.definition import FieldType, FormField, Option
from one_things.form import normal_value
from one_things.planning import application_faults
from one_things.text import Text
from runtime.authoring.sample_form import sample_application, sample_value
from runtime.cli import bundle_trial
from runtime.cli.commands import CommandFailed, Commands

TODAY = date(2026, 11, 23)
NEWBORN = Path(__file__).parents[2] / "examples" / "bundles" / "newborn.yaml"


def refused(*arguments: str) -> tuple[int, str]:
    """Exit code and everything that is said of a trial that never begins."""
    commands = Commands()
    bundle_trial.register(commands)
    result: Result = CliRunner().invoke(commands.application, ["bundles", "try", *arguments], env={"COLUMNS": "200"})
    assert isinstance(result.exception, CommandFailed), result.output
    return result.exception.exit_code, f"{result.stderr}{result.exception}"


@pytest.mark.parametrize("kind", list(FieldType))
def test_a_made_up_value_fits_its_field(kind: FieldType):
    options = (Option(value="a", title=Text(zh="甲", en="A")), Option(value="b", title=Text(zh="乙", en="B")))
    field = FormField(id="some.name", title=Text(zh="字段", en="Field"), type=kind, options=options, max_length=40)

    value = sample_value(field, 7, date(1990, 11, 1), TODAY)

    assert normal_value(field, value) == value


def test_people_are_told_apart():
    field = FormField(id="x", title=Text(zh="号码", en="Number"), type=FieldType.IDENTITY_NUMBER)

    assert len({sample_value(field, place, date(1990, 11, 1), TODAY) for place in range(40)}) == 40


@pytest.mark.parametrize("worker", ["man", "woman_55", "woman_50"])
def test_where_an_age_is_demanded_somebody_of_that_age_is_made_up(worker: str):
    bundle = read_bundle(SHIPPED / "employee-retirement.yaml")
    answers = {situation.id: False for situation in bundle.situations if situation.type == "yes_no"}
    given = answers | {"worker": worker, "kind": "normal", "timing": "at_age", "minimum_reached": True}

    application = sample_application(bundle, given, None, {}, TODAY)

    assert application_faults(bundle, application, TODAY) == ()


def test_given_values_go_before_made_up_ones():
    bundle = read_bundle(NEWBORN)
    answers = {"parents_married": True, "born_here": True}

    application = sample_application(bundle, answers, None, {"child.name": "测试新生儿"}, TODAY)

    assert application.form["child.name"] == "测试新生儿"
    assert str(application.form["father.name"]).startswith("测试")


def test_what_is_missing_or_wrong_in_the_answers_is_all_said_at_once():
    code, said = refused(str(NEWBORN), "--answers", "parents_married=true")
    assert code == 1
    assert "answers.born_here" in said
    assert "Answer true (yes) or false (no)" in said

    code, said = refused(str(NEWBORN), "--answers", "parents_maried=true")
    assert code == 2
    assert "answers.parents_maried" in said


def test_a_mistake_in_the_bundle_is_named_with_its_line(tmp_path: Path):
    wrong = tmp_path / "newborn.yaml"
    wrong.write_text(NEWBORN.read_text("utf-8").replace("department: health\n", "department: helth\n"), "utf-8")

    code, said = refused(str(wrong))

    assert code == 2
    assert "newborn.yaml:" in said
    assert "Did you mean health?" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["absent.yaml"], "cannot be read"),
        ([str(NEWBORN), "--refuse", "nothing"], "no such item: nothing; there are: birth-certificate"),
        ([str(NEWBORN), "--choose", "nothing"], "no such item: nothing"),
        ([str(NEWBORN), "--answers", "absent.yaml"], "absent.yaml cannot be read"),
        ([str(NEWBORN), "--form", "absent.yaml"], "absent.yaml cannot be read"),
    ],
)
def test_what_cannot_be_tried_is_said_in_one_line(arguments: list[str], said: str):
    code, text = refused(*arguments)

    assert code == 2
    assert said in text


def test_a_bar_of_the_bundle_refuses_at_the_door_with_its_reason(tmp_path: Path):
    answers = tmp_path / "answers.yaml"
    answers.write_text(
        "answers: {worker: man, kind: normal, timing: early, minimum_reached: false, contributions_elsewhere: false,"
        " deemed_years: false, one_child: false, has_provident_fund: false}",
        encoding="utf-8",
    )

    code, said = refused(str(SHIPPED / "employee-retirement.yaml"), "--answers", str(answers))

    assert code == 1
    assert "未达到最低缴费年限，不能选择弹性提前退休。" in said
