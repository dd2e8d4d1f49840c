"""What is typed at the door."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.utils.translation import gettext_lazy as _


class SignInForm(AuthenticationForm):
    """Account and password."""

    error_messages = {
        "invalid_login": _("账号或密码不对。请核对后再试；忘记密码时，请所在党组织书记重置。"),
        "inactive": _("这个账号已停用。需要恢复时，请联系系统管理员。"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        account, password = self.fields["username"], self.fields["password"]
        account.label = _("账号")
        account.widget = forms.TextInput({"autocomplete": "username", "autocapitalize": "none", "maxlength": 60})
        account.error_messages["required"] = _("请填写账号。")
        password.label = _("密码")
        password.error_messages["required"] = _("请填写密码。")


class OwnPasswordForm(PasswordChangeForm):
    """The old password once, the new one twice."""
