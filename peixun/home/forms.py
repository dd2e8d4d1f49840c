"""What is typed at the door."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from peixun.people.models import Account
from peixun.people.queries.signing import login_of


class SignInForm(AuthenticationForm):
    """Account, mobile or citizen number, and password."""

    error_messages = {
        "invalid_login": _("账号或密码不对。请核对后再试；忘记密码时，请所在党组织书记发一个登录码。"),
        "inactive": _("这个账号已停用。需要恢复时，请联系系统管理员。"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        account, password = self.fields["username"], self.fields["password"]
        account.label = _("账号、手机号或身份证号")
        account.widget = forms.TextInput({"autocomplete": "username", "autocapitalize": "none", "maxlength": 60})
        account.error_messages["required"] = _("请填写账号。")
        password.label = _("密码")
        password.error_messages["required"] = _("请填写密码。")

    def clean_username(self) -> str:
        """The login, so that a number is neither stored nor logged where attempts are counted."""
        return login_of(self.cleaned_data["username"])


class OwnPasswordForm(PasswordChangeForm):
    """The old password once, the new one twice."""


class RedeemForm(forms.Form):
    """Who one is, the code from the slip, a password of one's own."""

    who = forms.CharField(
        label=_("姓名、手机号、身份证号或账号"),
        max_length=60,
        widget=forms.TextInput({"autocomplete": "username", "autocapitalize": "none"}),
        error_messages={"required": _("请填写姓名、手机号、身份证号或账号。")},
    )
    code = forms.CharField(
        label=_("登录码"),
        help_text=_("纸条上的 8 位数字。"),
        max_length=20,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code"}),
        error_messages={"required": _("请填写登录码。")},
    )
    new_password1 = forms.CharField(
        label=_("设一个密码"),
        help_text=_("至少 8 位，数字、字母、汉字都可以；不要只用手机号或生日。"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        error_messages={"required": _("请设一个密码。")},
    )
    new_password2 = forms.CharField(
        label=_("再写一遍密码"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        error_messages={"required": _("请再写一遍密码。")},
    )

    def clean_new_password1(self) -> str:
        """Refuse a weak password before the code is looked at."""
        password: str = self.cleaned_data["new_password1"]
        validate_password(password)
        return password

    def clean(self) -> dict[str, Any]:
        """Both passwords are the same."""
        data = super().clean() or self.cleaned_data
        if data.get("new_password1") != data.get("new_password2", data.get("new_password1")):
            self.add_error("new_password2", _("两遍写的密码不一样，请重新写一遍。"))
        return data


class FactorForm(forms.Form):
    """A code that proves a new factor, and what it is called."""

    code = forms.CharField(
        label=_("应用里显示的 6 位动态码"),
        max_length=10,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code"}),
        error_messages={"required": _("请填写应用里显示的 6 位动态码。")},
    )
    label = forms.CharField(
        label=_("名称"),
        max_length=40,
        required=False,
        help_text=_("比如“我的手机”，可以不填。"),
        widget=forms.TextInput({"autocomplete": "off"}),
    )


class ConfirmForm(forms.Form):
    """One's password once more, before what guards the account is changed."""

    password = forms.CharField(
        label=_("您的密码"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
        error_messages={"required": _("请填写密码。")},
    )

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account

    def clean_password(self) -> str:
        """The password is right."""
        password: str = self.cleaned_data["password"]
        if not self.account.check_password(password):
            raise forms.ValidationError(_("密码不对，请核对后再试。"))
        return password
