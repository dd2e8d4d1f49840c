"""What a password must not be, beside short or common: the holder's own number or birthday. It asks for no symbols."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from peixun.people.models import Identity, Person
from peixun.people.sealed_box import lookup

_NOT_DIGITS = re.compile(r"[\s./\u5e74\u6708\u65e5-]+")  # year, month and day in Chinese too


class NotOnesOwnNumber:
    """Refuses the mobile number, the citizen number and the birthday alone; with something added they may stand."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError for a number that people who know the holder would try first."""
        digits = _NOT_DIGITS.sub("", password).upper()
        person_id = getattr(user, "person_id", None)
        if person_id and digits[:-1].isdecimal() and (_is_birthday(person_id, digits) or _is_number(person_id, digits)):
            raise ValidationError(
                _("密码不能只用自己的手机号、身份证号或生日，请再加几个字或数字。"), code="own_number"
            )

    def get_help_text(self) -> str:
        """The rule in words."""
        return _("密码不能只用自己的手机号、身份证号或生日。")


def _is_birthday(person_id: int, digits: str) -> bool:
    birth = Person.objects.values_list("birth_date", flat=True).get(pk=person_id)
    if birth is None:
        return False
    plain = f"{birth.year}{birth.month}{birth.day}"
    return digits in {f"{birth:%Y%m%d}", f"{birth:%d%m%Y}", f"{birth:%m%d%Y}", plain}


def _is_number(person_id: int, digits: str) -> bool:
    identity = Identity.objects.filter(person=person_id).first()
    if identity is None:
        return False
    held = {bytes(identity.phone_lookup or b""), bytes(identity.citizen_lookup or b"")}
    return bool(held & {lookup("phone", digits), lookup("citizen", digits)})
