"""Addresses of the room."""

from django.urls import path

from peixun.home.views import branch, codes, health, held, own, search, signing, start

app_name = "home"
urlpatterns = [
    path("", start.start, name="start"),
    path("places/", start.places, name="places"),
    path("places/choose/", start.choose_place, name="choose-place"),
    path("search/", search.search, name="search"),
    path("branch/", branch.branches, name="branches"),
    path("branch/<str:code>/", branch.branch, name="branch"),
    path("branch/<str:code>/codes/", codes.codes, name="codes"),
    path("me/", own.me, name="me"),
    path("me/learning/", own.learning, name="learning"),
    path("me/account/", own.mine, name="mine"),
    path("me/data/", held.data, name="data"),
    path("me/data/take/", held.take, name="take-data"),
    path("me/password/", own.ChangePassword.as_view(), name="password"),
    path("sign-in/", signing.SignIn.as_view(), name="sign-in"),
    path("sign-in/code/", codes.redeem, name="redeem"),
    path("sign-out/", signing.sign_out, name="sign-out"),
    path("display/", signing.display, name="display"),
    path("healthz", health.alive, name="alive"),
    path("readyz", health.ready, name="ready"),
]
