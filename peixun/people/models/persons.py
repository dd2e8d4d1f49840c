"""Persons and, apart from them, the encrypted numbers by which they are known."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Gender(models.TextChoices):
    """性别."""

    MALE = "m", _("男")
    FEMALE = "f", _("女")


class Person(models.Model):
    """A human being, member of the party or not. Numbers and addresses are in `Identity`."""

    name = models.CharField(_("姓名"), max_length=60)
    pinyin = models.CharField(max_length=120, blank=True, db_index=True)
    initials = models.CharField(max_length=20, blank=True, db_index=True)
    gender = models.CharField(_("性别"), max_length=1, choices=Gender.choices, blank=True)
    birth_date = models.DateField(_("出生日期"), null=True, blank=True)
    ethnicity = models.CharField(_("民族"), max_length=20, blank=True)
    education = models.CharField(_("学历"), max_length=20, blank=True)
    occupation = models.CharField(_("工作岗位"), max_length=60, blank=True)
    rank = models.CharField(_("职级"), max_length=40, blank=True)
    joined_party_on = models.DateField(_("加入党组织日期"), null=True, blank=True)
    full_member_on = models.DateField(_("转为正式党员日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("人员")
        indexes = [models.Index(fields=["name"], name="person_name")]

    def __str__(self) -> str:
        return self.name


class Identity(models.Model):
    """Encrypted numbers of one person: `salt` makes the person's own key, so erasing the row erases them."""

    person = models.OneToOneField(Person, on_delete=models.PROTECT, primary_key=True, related_name="identity")
    salt = models.BinaryField()
    key_number = models.PositiveSmallIntegerField()
    citizen_number = models.BinaryField(null=True)
    phone = models.BinaryField(null=True)
    landline = models.BinaryField(null=True)
    address = models.BinaryField(null=True)
    # Keyed hashes: looked up exactly, never read back.
    citizen_lookup = models.BinaryField(null=True, unique=True)
    citizen_last4 = models.BinaryField(null=True, db_index=True)
    phone_lookup = models.BinaryField(null=True, db_index=True)
    phone_last4 = models.BinaryField(null=True, db_index=True)

    class Meta:
        verbose_name = _("身份信息")

    def __str__(self) -> str:
        return f"identity of person {self.person_id}"


class PersonAlias(models.Model):
    """`alias` was found to be the same human being as `person`. Deleting the row undoes the merger."""

    alias = models.OneToOneField(Person, on_delete=models.PROTECT, primary_key=True, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="aliases")
    merged_at = models.DateTimeField()
    merged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(alias=F("person")), name="person_alias_of_another"),
        ]

    def __str__(self) -> str:
        return f"{self.alias_id} = {self.person_id}"


class NotSamePerson(models.Model):
    """Somebody looked at two records and found two human beings. Deleting the row makes the pair suspect again."""

    first = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("原因"), max_length=100)
    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    marked_at = models.DateTimeField()

    class Meta:
        verbose_name = _("不是同一人")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="not_same_person_once"),
            # A pair has one way to be written, so that it can't be marked twice.
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="not_same_person_ordered"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} ≠ {self.second_id}"
