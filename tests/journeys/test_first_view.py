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


def fetched(city: City, login: str, address: str) -> tuple[int, list[str]]:
    """Bytes that an empty browser fetches for a page until it has loaded, and from which addresses."""
    page = city.page(login, width=PHONE)
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    addresses: dict[str, str] = {}
    sizes: dict[str, int] = {}
    line.on("Network.requestWillBeSent", lambda e: addresses.setdefault(e["requestId"], e["request"]["url"]))
    line.on("Network.loadingFinished", lambda e: sizes.update({e["requestId"]: int(e["encodedDataLength"])}))
    page.goto(address)
    known = [addresses[request] for request in sizes if request in addresses]
    assert any(url.endswith(".css") for url in known)
    return sum(sizes[r] for r in sizes if "charts" not in addresses.get(r, "")), known
