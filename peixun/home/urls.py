"""Addresses of the room."""

from django.urls import path

from peixun.home.views import branch, codes, factors, health, held, own, search, second, signing, start

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
    path("me/second-step/", factors.factors, name="factors"),
    path("me/second-step/confirm/", factors.confirm, name="confirm"),
    path("me/second-step/app/", factors.app, name="add-app"),
    path("me/second-step/key/", factors.key, name="add-key"),
    path("me/second-step/spare/", factors.spare_codes, name="spare-codes"),
    path("me/second-step/<int:factor_id>/remove/", factors.remove, name="remove-factor"),
    path("me/devices/", factors.devices, name="devices"),
    path("me/devices/end/", factors.end_devices, name="end-devices"),
    path("sign-in/second-step/", second.second_step, name="second-step"),
    path("sign-in/", signing.SignIn.as_view(), name="sign-in"),
    path("sign-in/code/", codes.redeem, name="redeem"),
    path("sign-out/", signing.sign_out, name="sign-out"),
    path("display/", signing.display, name="display"),
    path("healthz", health.alive, name="alive"),
    path("readyz", health.ready, name="ready"),
    path("metrics", health.metrics, name="metrics"),
]
