"""Everybody of the demo signs in with what the sign-in page shows."""

from tests.browser import City, sign_in


def test_the_citys_office_signs_in_and_out(city: City):
    page = city.page()
    sign_in(page, "city")
    assert page.locator("h1").inner_text() == "2018年教育培训覆盖情况"
