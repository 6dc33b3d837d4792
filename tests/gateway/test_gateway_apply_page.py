"""The application page without a browser and without scripts: form by form, as what is on it says."""

import hashlib
import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest

from runtime.embedded.postgres import EmbeddedPostgres
from tests.gateway.applications import SIMPLE, VALUES
from tests.gateway.gateway_city import City, city_of, fresh_database

BUNDLES = Path(__file__).parents[1] / "flows" / "bundles"
CREDIT_CODE = VALUES["company.credit_code"]
PDF = b"%PDF-1.7 a paper"
DIGEST = f"sha-256:{hashlib.sha256(PDF).hexdigest()}"


@pytest.fixture
async def city(gateway_postgres: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[City]:
    async with city_of(await fresh_database(gateway_postgres), tmp_path, sandbox=True, bundles=BUNDLES) as running:
        yield running


class Page(HTMLParser):
    """The one form of a page: what a browser would send, what can be written, and the faults beside the fields."""

    def __init__(self, answer: httpx.Response) -> None:
        super().__init__()
        self.status = answer.status_code
        self.text = answer.text
        self.sent: dict[str, str] = {}
        self.writable: set[str] = set()
        self.words: dict[str, str] = {}
        """What a box says when it is ticked."""
        self.faulty: list[str] = []
        self._select = ""
        self.feed(answer.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        name = told.get("name", "")
        if tag == "p" and told.get("class") == "fault":
            self.faulty.append(told["id"].removeprefix("in-").removesuffix("-fault"))
        if tag == "select":
            self._select = name
            self.writable.add(name)
        if tag == "option" and "selected" in told:
            self.sent[self._select] = told["value"]
        if tag == "input" and name:
            self._input(told, name)

    def _input(self, told: dict[str, str], name: str) -> None:
        kind = told.get("type", "text")
        if kind != "hidden":
            self.writable.add(name)
        if kind == "checkbox":
            self.words[name] = told.get("value", "on")
        if kind == "file":
            self.sent[name] = ""
            return
        if kind not in {"radio", "checkbox"} or "checked" in told:
            self.sent[name] = told.get("value", "")

    @property
    def step(self) -> str:
        return self.sent["step"]


class Applicant:
    """Goes through the page."""

    def __init__(self, city: City, bundle: str, language: str = "zh") -> None:
        self._http = city.http
        self._headers = {**city.bearer(), "Accept": "text/html", "Accept-Language": language}
        self._path = f"/apply/{bundle}"

    async def begin(self) -> Page:
        return Page(await self._http.get(self._path, headers=self._headers))

    async def go(self, page: Page, *, go: str = "next", without: tuple[str, ...] = (), **written: str) -> Page:
        """Write this (``__`` stands for a dot), untick that, and press a button."""
        named = {name.replace("__", ".").replace("_1_", "-"): value for name, value in written.items()}
        return Page(await self.press(page, go, named, without))

    async def press(
        self,
        page: Page,
        go: str,
        written: dict[str, str],
        without: tuple[str, ...] = (),
        files: dict[str, bytes] | None = None,
    ) -> httpx.Response:
        """As a browser sends it: with the encoding that the form states, and an empty part for each file not chosen."""
        chosen = {f"file.{name}": content for name, content in (files or {}).items()}
        told = written.keys() | chosen.keys()
        assert told <= page.writable, f"{told - page.writable} is not on the page"
        sent = {name: value for name, value in page.sent.items() if name not in without} | written | {"go": go}
        inputs = [name for name in sent if name.startswith("file.")]
        if not inputs:
            return await self._http.post(self._path, data=sent, headers=self._headers)
        fields = {name: value for name, value in sent.items() if name not in inputs}
        parts = {name: ("../../x.pdf", chosen[name]) if name in chosen else ("", b"") for name in inputs}
        return await self._http.post(self._path, data=fields, files=parts, headers=self._headers)


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_from_the_questions_to_the_receipt(city: City, language: str) -> None:
    applicant = Applicant(city, "courier-station", language)
    page = await applicant.begin()
    assert page.step == "questions"
    page = Page(await applicant.press(page, "next", {"answers.has_warehouse": "false"}))
    assert page.step == "items"
    assert "消防" not in page.text, "what does not apply is not offered"
    page = await applicant.go(page)
    assert page.step == "form"
    assert page.writable >= {"form.company.credit_code", "form.contact.phone"}
    assert "form.company.name" not in page.writable, "a department holds it"
    assert ("企业名称" if language == "zh" else "Name of the company") in page.text, "and the page says so"
    page = Page(
        await applicant.press(
            page, "next", {"form.company.credit_code": CREDIT_CODE, "form.contact.phone": "13800000000"}
        )
    )
    assert page.step == "materials"
    page = Page(await applicant.press(page, "next", {"authorise.business-licence": "on"}, files={"floor-plan": PDF}))
    assert page.step == "review"
    assert CREDIT_CODE in page.text
    answer = await applicant.press(page, "submit", {})
    assert answer.status_code == 303
    (case_no,) = re.findall(r"^/cases/([^/]+)/receipt$", answer.headers["location"])
    state = city.cases.states[case_no]
    assert [licence.material for licence in state.plan.licences] == ["business-licence"]
    assert [material.id for material in state.plan.materials] == ["floor-plan"]
    again = await applicant.press(page, "submit", {})
    assert again.headers["location"] == answer.headers["location"], "pressed twice it is one case"
    receipt = await city.http.get(answer.headers["location"], headers={**city.bearer(), "Accept": "text/html"})
    assert receipt.status_code == 200
    assert case_no in receipt.text


async def test_every_fault_of_a_step_stands_beside_its_field_and_what_was_written_stays(city: City) -> None:
    applicant = Applicant(city, "courier-station")
    page = await applicant.go(await applicant.begin())
    assert (page.step, page.status, page.faulty) == ("questions", 422, ["answers.has_warehouse"])
    assert "请从所列选项中选择" in page.text, "in a person's words, not in those of programs"
    assert "true（" not in page.text
    page = await applicant.go(Page(await applicant.press(page, "next", {"answers.has_warehouse": "true"})))
    wrong = {"form.company.credit_code": "91110000600037341X", "form.contact.phone": "12"}
    page = Page(await applicant.press(page, "next", wrong))
    assert (page.step, page.status) == ("form", 422)
    assert set(page.faulty) == set(wrong)
    assert {name: page.sent[name] for name in wrong} == wrong
    right = {"form.company.credit_code": CREDIT_CODE, "form.contact.phone": "13800000000"}
    page = Page(await applicant.press(page, "next", right))
    page = Page(await applicant.press(page, "next", {}, files={"floor-plan": b"MZ no paper"}))
    assert (page.step, page.status) == ("materials", 422)
    assert set(page.faulty) == {"material.floor-plan", "material.business-licence", "material.warehouse-lease"}


async def test_what_a_chosen_item_requires_comes_along_with_its_reason(city: City) -> None:
    applicant = Applicant(city, "courier-station")
    page = Page(await applicant.press(await applicant.begin(), "next", {"answers.has_warehouse": "false"}))
    page = await applicant.go(page, without=("chosen.station-filing", "chosen.tax-registration"))
    assert page.step == "items", "told before anything else is asked"
    assert "“快递业务经营许可”要求先办理此项。" in page.text
    assert "chosen.station-filing" not in page.sent, "nobody chose it"
    assert "chosen.tax-registration" not in page.sent
    page = await applicant.go(page)
    right = {"form.company.credit_code": CREDIT_CODE, "form.contact.phone": "13800000000"}
    page = Page(await applicant.press(page, "next", right))
    papers = dict.fromkeys(("business-licence", "floor-plan"), PDF)
    page = Page(await applicant.press(page, "next", {}, files=papers))
    assert (page.step, page.status) == ("review", 200)
    assert "“快递业务经营许可”要求先办理此项。" in page.text
    await applicant.press(page, "submit", {})
    (state,) = city.cases.states.values()
    assert {item.id: item.required_by for item in state.plan.items} == {
        "station-filing": "courier-permit",
        "courier-permit": None,
    }


async def test_nothing_chosen_is_said_on_the_step_where_one_chooses(city: City) -> None:
    applicant = Applicant(city, "courier-station")
    page = Page(await applicant.press(await applicant.begin(), "next", {"answers.has_warehouse": "false"}))
    page = await applicant.go(
        page, without=("chosen.station-filing", "chosen.tax-registration", "chosen.courier-permit")
    )
    assert (page.step, page.status) == ("items", 422)
    assert "没有选择任何适用的事项" in page.text


async def test_going_back_keeps_everything_and_an_answer_that_changes_drops_what_it_makes_needless(city: City) -> None:
    applicant = Applicant(city, "courier-station")
    page = Page(await applicant.press(await applicant.begin(), "next", {"answers.has_warehouse": "true"}))
    page = await applicant.go(page)
    right = {"form.company.credit_code": CREDIT_CODE, "form.contact.phone": "13800000000"}
    page = Page(await applicant.press(page, "next", right))
    papers = dict.fromkeys(("business-licence", "floor-plan", "warehouse-lease"), PDF)
    page = Page(await applicant.press(page, "next", {}, files=papers))
    assert page.step == "review"
    for step in ("materials", "form", "items", "questions"):
        page = await applicant.go(page, go="back")
        assert page.step == step
    assert page.sent["answers.has_warehouse"] == "true"
    page = Page(await applicant.press(page, "next", {"answers.has_warehouse": "false"}))
    for step in ("items", "form", "materials", "review"):
        assert page.step == step, page.text
        page = await applicant.go(page)
    answer = await applicant.press(page, "submit", {})
    assert answer.status_code == 303, answer.text
    (state,) = city.cases.states.values()
    assert [material.id for material in state.plan.materials] == ["business-licence", "floor-plan"]


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_a_promise_and_a_deferral_take_the_place_of_materials_in_the_words_of_the_page(
    city: City, language: str
) -> None:
    page = Page(await to_the_materials_of_a_shop(applicant := Applicant(city, "shop-opening", language)))
    assert page.text.count('name="promise.') == 1, "only where the bundle takes one"
    told = ("不适用告知承诺的名单", "城市管理") if language == "zh" else ("if you are on it", "Urban")
    assert all(words in page.text for words in told), "who supervises, and what the list does"
    page = Page(await applicant.press(page, "next", {}, files={"application-form": PDF}))
    assert (page.step, page.status) == ("materials", 422)
    words = page.words["promise.lease-contract"]
    chosen = {"promise.lease-contract": words, "defer.equipment-list": "on", "defer.health-certificates": "on"}
    page = Page(await applicant.press(page, "next", chosen))
    assert page.step == "review", page.faulty
    assert words in page.text
    back = await applicant.go(page, go="back")
    assert back.sent["promise.lease-contract"] == words, "still promised"
    answer = await applicant.press(page, "submit", {})
    assert answer.status_code == 303, answer.text
    (state,) = city.cases.states.values()
    assert [one.material for one in state.plan.commitments] == ["lease-contract"]
    assert {one.id for one in state.plan.deferred} == {"equipment-list", "health-certificates"}


async def test_a_promise_beside_the_material_or_in_other_words_is_told_beside_the_promise(city: City) -> None:
    page = Page(await to_the_materials_of_a_shop(applicant := Applicant(city, "shop-opening")))
    papers = dict.fromkeys(("application-form", "equipment-list", "health-certificates"), PDF)
    promised = {"promise.lease-contract": page.words["promise.lease-contract"]}
    refused = Page(await applicant.press(page, "next", promised, files={**papers, "lease-contract": PDF}))
    assert (refused.step, refused.status, refused.faulty) == ("materials", 422, ["promise.lease-contract"])
    other = Page(await applicant.press(page, "next", {"promise.lease-contract": "我保证"}, files=papers))
    assert (other.status, other.faulty) == (422, ["promise.lease-contract"])
    assert "不一致" in other.text
    assert city.cases.states == {}
    one_way = Page(await applicant.press(refused, "next", {"drop.lease-contract": "on"}))
    assert one_way.step == "review", "the file is taken back, the promise stays"


async def test_what_was_uploaded_is_the_cases_and_its_name_is_forgotten(city: City) -> None:
    page = Page(await to_the_materials_of_a_shop(applicant := Applicant(city, "shop-opening")))
    papers = {name: PDF + name.encode() for name in ("application-form", "lease-contract", "equipment-list")}
    page = Page(await applicant.press(page, "next", {"defer.health-certificates": "on"}, files=papers))
    assert page.step == "review", page.faulty
    assert (await applicant.press(page, "submit", {})).status_code == 303
    ((case_no, state),) = city.cases.states.items()
    for material in state.plan.materials:
        fetched = await city.http.get(f"/cases/{case_no}/contents/{material.digest}", headers=city.bearer())
        assert fetched.content == papers[material.id]
        assert fetched.headers["content-disposition"] == f'attachment; filename="{material.id}.pdf"'
    listed = await city.http.get(f"/cases/{case_no}/contents", headers={**city.bearer(), "Accept": "text/html"})
    assert "租赁合同" in listed.text
    assert "x.pdf" not in listed.text


async def test_a_file_of_another_application_is_asked_for_again(city: City) -> None:
    page = Page(await to_the_materials_of_a_shop(applicant := Applicant(city, "shop-opening")))
    defer = {"defer.health-certificates": "on", "defer.equipment-list": "on"}
    files = {"application-form": PDF, "lease-contract": PDF}
    page = Page(await applicant.press(page, "next", defer, files=files))
    page.sent["key"] = "another-application-of-hers"
    refused = Page(await applicant.press(page, "submit", {}))
    assert (refused.step, refused.status) == ("materials", 422)
    assert "重新上传" in (await applicant.press(page, "submit", {})).text
    assert city.cases.states == {}


async def to_the_materials_of_a_shop(applicant: Applicant) -> httpx.Response:
    page = await applicant.go(await applicant.begin())
    details = {"form.company.credit_code": CREDIT_CODE, "form.contact.phone": "13800000000"}
    return await applicant.press(page, "next", details)


async def test_questions_that_an_answer_makes_meaningless_are_never_asked(city: City) -> None:
    applicant = Applicant(city, "enterprise-exit")
    page = await applicant.begin()
    assert "answers.route" in page.writable
    assert "answers.pending_suit" not in page.writable
    general = {"answers.route": "general", "answers.has_employees": "false"}
    page = Page(await applicant.press(page, "next", general))
    assert "answers.pending_suit" not in page.writable
    page = await applicant.begin()
    page = Page(await applicant.press(page, "next", {"answers.route": "simple", "answers.has_employees": "false"}))
    assert page.step == "questions"
    assert "answers.pending_suit" in page.writable, "the simple route raises it"


async def test_who_is_barred_learns_it_beside_the_answer(city: City) -> None:
    applicant = Applicant(city, "enterprise-exit")
    page = await applicant.begin()
    for _ in range(4):
        told = {name: SIMPLE[name.removeprefix("answers.")] for name in page.writable if name.startswith("answers.")}
        said = {name: str(value).lower() for name, value in told.items()} | (
            {"answers.unpaid_fines": "true"} if "answers.unpaid_fines" in page.writable else {}
        )
        page = Page(await applicant.press(page, "next", said))
        if page.status == 422:
            break
    assert page.faulty == ["answers.unpaid_fines"]
    assert "市场主体登记管理条例" in page.text


async def test_the_page_is_for_who_is_signed_in_and_for_bundles_there_are(city: City) -> None:
    headers = {"Accept": "text/html"}
    stranger = await city.http.get("/apply/courier-station", headers=headers)
    assert stranger.status_code == 303
    assert stranger.headers["location"].startswith("/sign-in?next=")
    unknown = await city.http.get("/apply/no-such-thing", headers={**headers, **city.bearer()})
    assert unknown.status_code == 404
    listed = await city.http.get("/apply", headers={**headers, **city.bearer()})
    assert listed.status_code == 200
    assert "快递网点开办一件事" in listed.text
    assert 'href="/apply/enterprise-exit"' in listed.text


@pytest.mark.parametrize(
    "body",
    [
        {"step": "nonsense", "go": "sideways"},
        {"step": "review", "go": "submit"},
        {"step": "review", "go": "submit", "version": ""},
        {
            "answers.has_warehouse": "perhaps",
            "chosen.nothing": "on",
            "choice": "made",
            "form.x": "y",
            "material.z": "q",
        },
        {f"form.field{number}": "x" * 50 for number in range(300)},
    ],
    ids=["no step", "nothing written", "no version", "names nobody declared", "very much"],
)
async def test_nonsense_leads_back_to_the_form_and_starts_nothing(city: City, body: dict[str, str]) -> None:
    headers = {**city.bearer(), "Accept": "text/html"}
    answer = await city.http.post("/apply/courier-station", data=body, headers=headers)
    assert answer.status_code in {200, 422}
    assert Page(answer).step == "questions"
    assert city.cases.states == {}
    gone = await city.http.post("/apply/courier-station", data={"version": "1999.1"}, headers=headers)
    assert gone.status_code == 404
