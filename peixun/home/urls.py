"""Addresses of the room."""

from django.urls import path

from peixun.home.views import health, signing, start

app_name = "home"
urlpatterns = [
    path("", start.start, name="start"),
    path("places/", start.places, name="places"),
    path("places/choose/", start.choose_place, name="choose-place"),
    path("sign-in/", signing.SignIn.as_view(), name="sign-in"),
    path("sign-out/", signing.sign_out, name="sign-out"),
    path("display/", signing.display, name="display"),
    path("healthz", health.alive, name="alive"),
    path("readyz", health.ready, name="ready"),
]
