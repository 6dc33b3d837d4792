"""The panorama map: its four contents, and a drawing in which nothing overlaps and every relation is seen."""

from itertools import combinations

import pytest

from gateway.views.lines import lines_of
from gateway.views.map_layout import Drawing, narrow_drawing, wide_drawing
from gateway.views.panorama import Panorama
from one_things.clock import shanghai_date
from tests.gateway.applications import GENERAL, SIMPLE, an_application
from tests.gateway.gateway_city import City


async def the_map(city: City, answers: dict[str, str | bool]) -> Panorama:
    body = an_application(answers)
    case_no = await city.apply(answers=answers, form=body["form"], materials=body["materials"])
    response = await city.http.get(f"/cases/{case_no}/panorama", headers=city.bearer())
    return Panorama.model_validate_json(response.content)


async def test_exactly_four_contents(city: City) -> None:
    case_no = await city.apply()
    shown = (await city.http.get(f"/cases/{case_no}/panorama", headers=city.bearer())).json()
    assert set(shown) == {"items", "relations", "progress", "results"}
    left_out = [item for item in shown["items"] if not item["chosen"]]
    assert {item["status"] for item in left_out} == {"not_chosen"}
    assert {item["id"] for item in left_out} >= {"general-notice"}


async def test_results_appear_with_their_reference(city: City) -> None:
    case_no = await city.apply()
    await city.cases.done(case_no, "tax-clearance")
    shown = (await city.http.get(f"/cases/{case_no}/panorama", headers=city.bearer())).json()
    assert shown["progress"]["done"] == 1
    assert [result["reference"] for result in shown["results"]] == ["GD-tax-clearance-confirmation"]


@pytest.mark.parametrize("answers", [SIMPLE, GENERAL], ids=["simple", "general"])
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_drawings(city: City, answers: dict[str, str | bool], language: str) -> None:
    map_ = await the_map(city, answers)
    for drawing in (wide_drawing(map_, language), narrow_drawing(map_, language)):
        check(drawing, map_)
    assert narrow_drawing(map_, language).width <= 340


def check(drawing: Drawing, map_: Panorama) -> None:
    assert {node.item.id for node in drawing.nodes} == {item.id for item in map_.items if item.chosen}
    for node in drawing.nodes:
        assert node.x >= 0
        assert node.x + node.width <= drawing.width
        assert node.y >= 0
        assert node.y + node.height <= drawing.height
        assert node.title[0][0] > node.y
        assert node.department[0] < node.state <= node.note < node.y + node.height
    for one, other in combinations(drawing.nodes, 2):
        beside = one.x + one.width <= other.x or other.x + other.width <= one.x
        assert beside or one.y + one.height <= other.y or other.y + other.height <= one.y
    place = {node.item.id: (node.x, node.y) for node in drawing.nodes}
    assert all(place[edge.earlier] < place[edge.later] for edge in drawing.edges)
    # Relations that others imply are left out, the rest can be walked along the lines.
    drawn = {(edge.earlier, edge.later) for edge in drawing.edges}
    assert drawn <= {(relation.earlier, relation.later) for relation in map_.relations}
    assert all(walkable(drawn, relation.earlier, relation.later) for relation in map_.relations)


def walkable(drawn: set[tuple[str, str]], start: str, end: str) -> bool:
    return (start, end) in drawn or any(walkable(drawn, later, end) for earlier, later in drawn if earlier == start)


@pytest.mark.parametrize(
    ("title", "width", "expected"),
    [
        ("清税申报", 10, ["清税申报"]),
        ("住房公积金缴存登记注销", 6, ["住房公积金缴", "存登记注销"]),
        ("Tax clearance", 4, ["Tax", "clearance"]),
        ("Closing of the social insurance registration", 8, ["Closing of the", "social…"]),
        ("", 5, [""]),
    ],
)
def test_titles_break_into_lines(title: str, width: float, expected: list[str]) -> None:
    assert lines_of(title, width) == expected


async def test_the_time_of_the_case_runs_ahead_in_the_sandbox(city: City) -> None:
    case_no = await city.apply()
    before = (await city.http.get(f"/cases/{case_no}", headers=city.bearer())).json()
    await city.cases.ahead(case_no, days=45)
    after = (await city.http.get(f"/cases/{case_no}", headers=city.bearer())).json()
    assert after["seconds_ahead"] == 45 * 86400
    moved = shanghai_date(_moment(after["now"])) - shanghai_date(_moment(before["now"]))
    assert moved.days in {45, 46}


def _moment(text: str):  # type: ignore[no-untyped-def]
    from datetime import datetime

    return datetime.fromisoformat(text)
