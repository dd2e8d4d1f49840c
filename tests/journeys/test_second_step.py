"""The second step at the door: an app's code, a security key, a spare code; for whoever sees a county."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pyotp
import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from tests.browser import City, sign_in

KEY = {
    "protocol": "ctap2",
    "transport": "usb",
    "hasResidentKey": False,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def named(city: City, monkeypatch) -> City:
    """The same city under a name, without which no security key answers; a second step is asked for."""
    monkeypatch.setattr(settings, "SECOND_FACTOR_REQUIRED", True)
    return replace(city, address=city.address.replace("127.0.0.1", "localhost"))


def add_app(page: Page) -> tuple[pyotp.TOTP, list[str]]:
    """Set up an app; it and the spare codes."""
    page.get_by_role("link", name="动态码应用").click()
    app = pyotp.TOTP(page.locator("code").inner_text().replace(" ", ""))
    page.locator("input[name=code]").fill(app.now())
    page.get_by_role("button", name="添加动态码应用").click()
    expect(page.locator("h1")).to_have_text("备用码")
    return app, page.locator(".px-list code").all_inner_texts()


def add_key(page: Page) -> None:
    """Set up a security key, which the browser itself plays."""
    page.goto("/me/second-step/")
    page.get_by_role("link", name="安全密钥").click()
    page.get_by_role("button", name="添加安全密钥").click()
    expect(page.locator("section[aria-labelledby=have] li")).to_have_count(2)


def leave_and_return(page: Page) -> None:
    """Sign out and pass the first step again."""
    page.goto("/me/account/")
    page.locator("main").get_by_role("button", name="退出登录").click()
    page.goto("/")
    page.locator("#id_username").fill("county")
    page.locator("#id_password").fill(settings.DEMO_PASSWORD)
    page.locator("#id_password").press("Enter")
    expect(page.locator("h1")).to_have_text("第二步验证")


def give(page: Page, code: str) -> None:
    """Give a code at the door."""
    page.locator("#code").fill(code)
    page.get_by_role("button", name="登录", exact=True).click()


def test_a_county_clerk_sets_up_app_and_key_and_signs_in_with_each_and_with_a_spare_code(named: City):
    page = named.page(width=1280)
    keys = page.context.new_cdp_session(page)
    keys.send("WebAuthn.enable")
    keys.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    sign_in(page, "county")
    # Whatever is asked for, setting up comes first.
    page.goto("/coverage/")
    expect(page).to_have_url(re.compile("/me/second-step/$"))
    expect(page.locator(".px-notice--warning")).to_contain_text("请先设置一种第二步验证")
    app, spare = add_app(page)
    page.get_by_role("link", name="我已经抄下").click()
    add_key(page)
    covered = re.compile("覆盖情况")

    leave_and_return(page)
    page.get_by_role("button", name="用安全密钥").click()
    expect(page.locator("h1")).to_have_text(covered)

    leave_and_return(page)
    give(page, spare[0])
    expect(page.locator("h1")).to_have_text(covered)

    leave_and_return(page)
    # The same code doesn't open twice.
    give(page, spare[0])
    expect(page.locator(".px-notice--error")).to_contain_text("没有通过")
    named.faults[:] = [fault for fault in named.faults if "422" not in fault]
    give(page, code_not_used(app))
    expect(page.locator("h1")).to_have_text(covered)
    page.goto("/me/second-step/")
    expect(page.locator("section[aria-labelledby=have]")).to_contain_text(f"还有 {len(spare) - 1} 个备用码可用")


def code_not_used(app: pyotp.TOTP) -> str:
    """The next code, which a clock that is a little slow may give: that of now was spent on setting up."""
    return app.at(datetime.now(UTC), counter_offset=1)
