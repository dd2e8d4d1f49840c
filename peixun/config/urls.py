"""Addresses of the whole product: each room brings its own."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from peixun.config import api

handler500 = "peixun.config.api.failure"
urlpatterns = [
    path("", include("peixun.home.urls")),
    path("", include("peixun.notices.urls")),
    path("language/", login_not_required(set_language), name="set_language"),
    path("api/v1/", api.urls),
    path("coverage/", include("peixun.coverage.urls")),
    path("ledger/", include("peixun.ledger.urls")),
    path("people/", include("peixun.people.urls")),
    path("rules/", include("peixun.catalog.urls")),
    path("reports/", include("peixun.reports.urls")),
    path("import/", include("peixun.exchange.urls")),
    path("changes/", include("peixun.changes.urls")),
    path("rulebook/", include("peixun.rulebook.urls")),
    path("claims/", include("peixun.claims.urls")),
]
