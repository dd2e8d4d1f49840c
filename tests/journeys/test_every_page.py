"""Every page is sound: no violation that axe-core finds, nothing beside the screen, nothing too small to touch."""

from collections import defaultdict
from pathlib import Path

import pytest

from tests.browser import DESK, LANGUAGES, PHONE, City
from tests.journeys.pages import LOGINS, NOBODY, Visit, address_of, all_visits, pages_of, pairwise_visits, place_of

ROOT = Path(__file__).resolve().parents[2]
AXE = (ROOT / "frontend/node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
SOUNDNESS = (ROOT / "tests/page_soundness.js").read_text(encoding="utf-8")
RUN_AXE = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations.flatMap(
    violation => violation.nodes.map(node => `${violation.id}: ${node.html.slice(0, 160)}`))"""
# Charts are drawn and fragments fetched after the page has loaded.
SETTLED = """() => !document.querySelector("[aria-busy=true], .htmx-request")
    && document.querySelectorAll("figure.px-chart").length === document.querySelectorAll("figure canvas").length"""


def by_login(visits: list[Visit]) -> dict[str, list[Visit]]:
    """Visits in the order in which a browser takes least time for them."""
    found: dict[str, list[Visit]] = defaultdict(list)
    for visit in sorted(visits, key=lambda v: (v[2], v[3], v[0])):
        found[visit[1]].append(visit)
    return found


def faults_of(city: City, visits: list[Visit], **display: str) -> list[str]:
    """What is wrong with pages, each with the page it was found on."""
    found: list[str] = []
    login = visits[0][1]
    place = place_of(login)
    page, setting = None, None
    for name, _login, language, width in visits:
        if setting != (language, width):
            city.close()
            page, setting = city.page(login, width=width, language=language, cookies=display), (language, width)
        address = address_of(name, place)
        page.goto(address)
        page.wait_for_function(SETTLED)
        page.evaluate(AXE)
        seen = page.evaluate(SOUNDNESS, {"language": LANGUAGES[language], "phone": width == PHONE})
        troubles = [t for t in city.faults if name != "nowhere" or "404" not in t]
        city.faults.clear()
        found += [
            f"{name} {login} {language} {width}: {fault}" for fault in [*seen, *page.evaluate(RUN_AXE), *troubles]
        ]
    return found


@pytest.mark.parametrize("login", [*LOGINS, NOBODY])
def test_each_page_as_each_role_is_sound(town, login):
    faults = faults_of(town, by_login(pairwise_visits())[login])
    assert not faults, "\n".join(faults)


@pytest.mark.long
@pytest.mark.parametrize("login", [*LOGINS, NOBODY])
def test_each_page_as_each_role_in_each_language_at_each_width_is_sound(town, login):
    faults = faults_of(town, by_login(all_visits())[login])
    assert not faults, "\n".join(faults)


@pytest.mark.long
@pytest.mark.parametrize("login", [*LOGINS, NOBODY])
def test_each_page_as_each_role_is_sound_in_the_dark_and_in_large_print(town, login):
    visits = [(page, login, "zh", width) for width in (PHONE, DESK) for page in pages_of(login)]
    faults = faults_of(town, visits, px_theme="dark", px_print="large")
    assert not faults, "\n".join(faults)
