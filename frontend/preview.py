"""Serves the style guide alone, without a database: `python frontend/preview.py 8190` (see README.md)."""

import datetime
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import django
from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path
from django.views.i18n import set_language


def _place(title: str, icon: str, *, current: bool = False) -> SimpleNamespace:
    return SimpleNamespace(title=title, url="#", icon=icon, current=current)


def shell(request: HttpRequest) -> dict[str, Any]:
    """A sample of what `peixun.home.context.shell` gives; theme and print from the cookies or the address."""
    asked = {**request.COOKIES, **request.GET.dict()}
    offices = ["覆盖情况", "组织与人员", "学时台账", "导入", "工作报告", "规则"]
    return {
        "shell": SimpleNamespace(
            account_name="王建国",
            role_name="市委组织部干训科",
            organisation_name="中共张掖市委",
            switch_url="#",
            navigation=[_place(title, "", current=title == "覆盖情况") for title in offices],
            places=[
                _place("今日", "home", current=True),
                _place("学习", "book"),
                _place("培训班", "school"),
                _place("我的", "user"),
            ],
            theme=asked.get("px_theme", ""),
            large_print=asked.get("px_print") == "large",
            demo=True,
            today=datetime.date(2018, 6, 30),
        )
    }


def _display(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(status=302, headers={"Location": request.POST.get("next", "/")})
    for field, cookie in (("theme", "px_theme"), ("print", "px_print")):
        if field in request.POST:
            response.set_cookie(cookie, request.POST[field])
    return response


def _style_guide(request: HttpRequest) -> HttpResponse:
    from peixun.kernel.style_guide import style_guide  # noqa: PLC0415 - needs Django set up

    return style_guide(request)


def _error(request: HttpRequest, code: int) -> HttpResponse:
    return render(request, f"{code}.html")


home_urls = (
    [
        path("", _style_guide, name="start"),
        path("display", _display, name="display"),
        path("sign-out", _display, name="sign-out"),
        path("error/<int:code>", _error),
    ],
    "home",
)
urlpatterns = [path("", include(home_urls)), path("language", set_language, name="set_language")]

if __name__ == "__main__":
    own = ["'self'"]
    settings.configure(
        DEBUG=True,
        SECRET_KEY="preview",  # noqa: S106
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        INSTALLED_APPS=["django.contrib.staticfiles", "csp", "peixun.kernel"],
        MIDDLEWARE=[
            "django.middleware.locale.LocaleMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "csp.middleware.CSPMiddleware",
        ],
        CONTENT_SECURITY_POLICY={
            "DIRECTIVES": {"default-src": own, "script-src": own, "style-src": own, "img-src": [*own, "data:"]}
        },
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        f"{__name__}.shell",
                    ]
                },
            }
        ],
        STATIC_URL="/static/",
        USE_TZ=True,
        LANGUAGE_CODE="zh-hans",
        LANGUAGES=[("zh-hans", "简体中文"), ("en", "English")],
        LOCALE_PATHS=[Path(__file__).resolve().parent.parent / "peixun" / "locale"],
        USE_THOUSAND_SEPARATOR=True,
        FORMAT_MODULE_PATH=["peixun.kernel.formats"],
    )
    django.setup()
    port = sys.argv[1] if len(sys.argv) > 1 else "8190"
    execute_from_command_line(["preview", "runserver", "--noreload", f"127.0.0.1:{port}"])
