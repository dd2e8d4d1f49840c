"""Help: every page has its topic, every topic its words, and the way back never leads elsewhere."""

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import strip_tags

from peixun.home.help import TOPICS, topic_of
from tests.architecture.addresses import ADDRESSES
from tests.architecture.asked import ROLES
from tests.journeys.pages import FILES

PAGES = sorted(
    name
    for name, rule in ADDRESSES.items()
    if not name.startswith("api:")
    and name not in FILES
    and (rule.public or any(rule.get.for_role(role) == 200 for role in ROLES))
    and name not in {"home:help", "home:help-topic", "home:display", "set_language", "notices:feed"}
    and name not in {"home:oidc", "home:oidc-back"}  # they lead on and show nothing
)


@pytest.mark.parametrize("name", PAGES)
def test_every_page_has_a_topic(name):
    assert topic_of(name) is not None, f"add {name} to peixun/home/help.py"


@pytest.mark.parametrize("key", TOPICS)
def test_every_topic_has_words_in_short(key):
    text = strip_tags(render_to_string(TOPICS[key].template))
    assert 5 <= text.count("。") <= 40
    assert "！" not in text


@pytest.mark.parametrize("key", TOPICS)
def test_every_topic_is_read_without_an_account(client, db, key):
    page = client.get(f"/help/{key}/")
    assert page.status_code == 200
    assert str(TOPICS[key].title) in page.content.decode()


def test_an_unknown_topic_is_not_there(client, db):
    assert client.get("/help/nothing/").status_code == 404


@pytest.mark.parametrize(
    ("login", "address", "topic"),
    [
        ("office", "/coverage/C1/?year=2018", "coverage"),
        ("office", "/import/", "imports"),
        ("branch", "/branch/T11a/", "branch"),
        ("member", "/me/", "record"),
        ("auditor", "/people/trail/", "trail"),
    ],
)
def test_a_page_leads_to_its_own_help_and_help_leads_back(as_role, login, address, topic):
    client = as_role(login)
    page = client.get(address)
    url = page.context["shell"].help_url
    assert url.startswith(f"/help/{topic}/?from=")
    assert f'href="{url}"' in page.content.decode().replace("&amp;", "&")
    assert f'href="{address}"' in client.get(url).content.decode()


def test_the_sign_in_page_has_help_on_login_codes(client, db):
    assert 'href="/help/codes/?from=%2Fsign-in%2F"' in client.get("/sign-in/").content.decode()


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_the_way_back_never_leads_to_another_site(client, db, elsewhere):
    page = client.get("/help/coverage/", {"from": elsewhere}).content.decode()
    assert "evil" not in page
    assert "alert" not in page
    assert "回到刚才的页面" not in page


def test_help_is_searched_by_words(client, db):
    found = [topic.key for topic in client.get("/help/", {"q": "登录码 纸条"}).context["topics"]]
    assert "codes" in found
    assert "ledger" not in found
    assert client.get("/help/").context["topics"] == list(TOPICS.values())
    nothing = client.get("/help/", {"q": "<b>没有这个词</b>"}).content.decode()
    assert "没有找到" in nothing
    assert "<b>没有" not in nothing


def test_help_is_complete_in_english(client, db):
    """Every sentence of every topic is one message of the catalogue; none is left in Chinese."""
    with translation.override("en"):
        english = {key: strip_tags(render_to_string(topic.template)) for key, topic in TOPICS.items()}
    assert any("Covered" in text for text in english.values())
    allowed = {"培训"}
    for key, text in english.items():
        chinese = "".join(c if "\u4e00" <= c <= "\u9fff" else " " for c in text).split()
        assert set(chinese) <= allowed, key
