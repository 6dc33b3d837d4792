"""The commands about bundles, as a person types them."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner, Result

from one_things.bundle_file import read_bundle
from one_things.bundle_schema import bundle_schema
from one_things.catalogue import SHIPPED
from runtime.cli import bundles
from runtime.cli.commands import CommandFailed, Commands

SVG = "{http://www.w3.org/2000/svg}"


def invoke(*arguments: str, **environment: str) -> Result:
    commands = Commands()
    bundles.register(commands)
    return CliRunner().invoke(commands.application, ["bundles", *arguments], env={"COLUMNS": "80", **environment})


def run(*arguments: str) -> str:
    """What the command prints. Raises CommandFailed as the command itself does."""
    result = invoke(*arguments)
    if isinstance(result.exception, CommandFailed):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def test_list_names_every_bundle():
    assert "enterprise-exit" in run("list")


def test_the_citys_own_bundles_are_those_of_the_folder_it_names(tmp_path: Path):
    text = (SHIPPED / "enterprise-exit.yaml").read_text(encoding="utf-8")
    own = tmp_path / "own.yaml"
    own.write_text(text.replace("bundle: enterprise-exit\n", "bundle: our-exit\n"), encoding="utf-8")
    folder = {"ONETHING_BUNDLE_DIRECTORY": str(tmp_path)}

    listed = invoke("list", **folder)
    shown = invoke("show", "our-exit", **folder)

    assert listed.exit_code == 0, listed.output
    assert "our-exit" in listed.output
    assert "enterprise-exit" in listed.output
    assert "our-exit" in shown.output
    assert "our-exit" not in run("list")


def test_a_bundle_with_a_mistake_is_named_with_its_line(tmp_path: Path):
    text = (SHIPPED / "enterprise-exit.yaml").read_text(encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(text.replace("department: customs\n", "department: costums\n"), "utf-8")

    with pytest.raises(CommandFailed, match=r"mine\.yaml:\d+: The department costums is not declared") as failed:
        run("list", "--folder", str(tmp_path))

    assert failed.value.exit_code == 2


def test_versions_stand_side_by_side_and_one_is_in_force(tmp_path: Path):
    text = (SHIPPED / "enterprise-exit.yaml").read_text(encoding="utf-8")
    (tmp_path / "enterprise-exit.2026.1.yaml").write_text(text, "utf-8")
    later = text.replace('version: "2026.1"', 'version: "2199.1"').replace("valid_from: 2026", "valid_from: 2199")
    (tmp_path / "enterprise-exit.2199.1.yaml").write_text(later.replace("committed: 10", "committed: 9"), "utf-8")
    folder = ("--folder", str(tmp_path))

    listed = " ".join(run("list", *folder).split())

    assert "2026.1 * 2026-01-01" in listed
    assert "2199.1 2199-01-01" in listed
    assert "2199.1, valid from 2199-01-01" in run("show", "enterprise-exit", *folder)
    assert "2026.1, valid from 2026-01-01" in run("show", "enterprise-exit", "--version", "2026.1", *folder)
    with pytest.raises(CommandFailed, match=r"no such version; there are: 2026\.1, 2199\.1"):
        run("show", "enterprise-exit", "--version", "2026.2", *folder)


def test_one_version_in_two_files_is_a_mistake_at_the_version(tmp_path: Path):
    text = (SHIPPED / "enterprise-exit.yaml").read_text(encoding="utf-8")
    one, other = tmp_path / "one.yaml", tmp_path / "other.yaml"
    one.write_text(text, "utf-8")
    other.write_text(text, "utf-8")
    line = next(number for number, line in enumerate(text.splitlines(), 1) if line.startswith("version:"))

    with pytest.raises(
        CommandFailed, match=rf"other\.yaml:{line}: enterprise-exit 2026\.1 stands in one\.yaml already"
    ):
        run("list", "--folder", str(tmp_path))
    checked = invoke("check", str(one), str(other))

    assert isinstance(checked.exception, CommandFailed)
    assert "one.yaml: enterprise-exit 2026.1 is in order" in " ".join(checked.output.split())


def test_show_draws_the_order_and_the_pivot():
    drawn = run("show", "enterprise-exit")

    assert "★ 企业注销登记  registry-deregistration" in drawn
    assert "only if route == 'simple'" in drawn


def test_show_draws_one_route():
    drawn = run("show", "enterprise-exit", "--answer", "route=simple", "--answer", "has_employees=false")

    assert "general-notice" not in drawn
    assert "after simple-notice, tax-clearance" in drawn
    assert "left out until answered: foreign_invested, has_customs_registration" in drawn


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["show", "nothing"], "there are: .*enterprise-exit"),
        (["show", "enterprise-exit", "--answer", "route"], "write NAME=VALUE"),
        (["show", "enterprise-exit", "--answer", "route=fast"], "Choose one of: simple, general"),
    ],
)
def test_show_refuses_in_one_line(arguments: list[str], said: str):
    with pytest.raises(CommandFailed, match=said) as failed:
        run(*arguments)

    assert failed.value.exit_code == 2


def test_check_passes_the_shipped_bundles():
    assert "is in order, 12 items" in run("check")


def test_check_lists_every_mistake_with_file_and_line(tmp_path: Path):
    text = (SHIPPED / "enterprise-exit.yaml").read_text(encoding="utf-8")
    wrong = text.replace("department: customs\n", "department: costums\n").replace("route == 'simple' && owes_tax", "x")
    file = tmp_path / "mine.yaml"
    file.write_text(wrong, encoding="utf-8")
    lines = wrong.splitlines()

    result = invoke("check", str(file), str(tmp_path / "absent.yaml"))

    assert isinstance(result.exception, CommandFailed)
    assert (str(result.exception), result.exception.exit_code) == ("3 mistakes", 2)
    said = result.stderr
    assert f"mine.yaml:{lines.index('    refuse_when: x') + 1}: The condition names x" in said
    assert f"mine.yaml:{lines.index('    department: costums') + 1}: The department costums is not declared." in said
    assert "absent.yaml: cannot be read: No such file or directory" in said


def test_check_draws_the_one_bundle_that_is_in_order():
    drawn = run("check", str(SHIPPED / "property-transfer-with-mortgage.yaml"))

    assert "property-transfer-with-mortgage 2026.1 is in order, 18 items" in drawn
    assert "★ 抵押注销、转移、抵押设立三合一登记  three-in-one-registration" in drawn
    assert "all 3 results or none" in drawn
    assert "deposit by buyer: price.down_payment" in drawn
    assert "release to seller: what remains" in drawn
    assert "step" not in run("check"), "several bundles at once are listed, not drawn"


@pytest.mark.parametrize(("language", "pivot"), [("zh", "★ 关键事项"), ("en", "★ the pivot")])
def test_check_draws_a_picture_that_needs_nothing_beside_it(tmp_path: Path, language: str, pivot: str):
    file = tmp_path / "drawn.svg"
    bundle = SHIPPED / "enterprise-exit.yaml"

    invoke("check", str(bundle), "--svg", str(file), "--language", language)

    svg = ElementTree.fromstring(file.read_text(encoding="utf-8"))
    groups = {group.get("id") for group in svg.findall(f"{SVG}g")}
    assert groups == {item.id for item in read_bundle(bundle).items}
    assert pivot in {text.text for text in svg.iter(f"{SVG}text")}
    arrows = [path for path in svg.findall(f"{SVG}path") if path.get("marker-end")]
    assert len(arrows) > len(groups)
    assert not [place for place in svg.iter() if "href" in place.attrib]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "--svg", "x.svg"], "name one file to check"),
        (["check", str(SHIPPED / "enterprise-exit.yaml"), "--svg", "/nowhere/x.svg"], "cannot be written"),
    ],
)
def test_a_picture_that_cannot_be_drawn_is_said_in_one_line(arguments: list[str], said: str):
    with pytest.raises(CommandFailed, match=said):
        run(*arguments)


def test_schema_prints_the_schema_for_editors():
    assert run("schema") == bundle_schema()
