"""Addresses of the whole product: each room brings its own."""

from django.urls import include, path

urlpatterns = [
    path("", include("peixun.home.urls")),
    path("coverage/", include("peixun.coverage.urls")),
    path("ledger/", include("peixun.ledger.urls")),
    path("people/", include("peixun.people.urls")),
    path("rules/", include("peixun.catalog.urls")),
    path("reports/", include("peixun.reports.urls")),
    path("import/", include("peixun.exchange.urls")),
]
