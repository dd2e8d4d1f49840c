"""What a phone must fetch before a page can be read: little, and the charts only after it."""

import pytest

from tests.browser import PHONE, City
from tests.journeys.pages import address_of, pages_of, place_of

MOST = 150 * 1024
"""Bytes over the wire, as compressed as the server sends them."""


@pytest.mark.parametrize("login", ["member", "secretary"])
def test_the_first_view_of_each_page_fits_a_slow_line(town: City, login):
    place = place_of(login)
    heavy = {}
    for name in pages_of(login):
        size, before_load = fetched(town, login, address_of(name, place))
        if size > MOST or any("charts" in address for address in before_load):
            heavy[name] = (size, before_load)
        town.close()
    assert heavy == {}


TIMINGS = """() => {
    const [page] = performance.getEntriesByType("navigation");
    const all = performance.getEntriesByType("resource").filter((e) => e.startTime <= page.loadEventStart);
    return [page, ...all].map((e) => [e.name, e.transferSize]);
}"""


def fetched(city: City, login: str, address: str) -> tuple[int, list[str]]:
    """Bytes that an empty browser fetches for a page until it has loaded, and what it asks for until then.

    By the browser's own clock: whoever listens hears of a request later than it is made.
    """
    page = city.page(login, width=PHONE)
    page.goto(address)
    timings: list[tuple[str, int]] = page.evaluate(TIMINGS)
    assert any(name.endswith(".css") and size > 0 for name, size in timings)
    return sum(size for _, size in timings), [name for name, _ in timings]
