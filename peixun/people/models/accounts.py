"""Accounts, and the roles that are granted to them on subtrees."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from peixun.kernel.dated import DatedQuerySet, ordered_dates
from peixun.people.models.organisations import Organisation
from peixun.people.models.persons import Person


class AccountManager(BaseUserManager["Account"]):
    """Makes accounts; without a password nobody can sign in."""

    def create_account(self, *, login: str, password: str | None = None, **fields: Any) -> "Account":
        """This operation will create an account; the password is hashed."""
        account = self.model(login=login, **fields)
        if password is None:
            account.set_unusable_password()
        else:
            account.set_password(password)
        account.save(using=self._db)
        return account


class Account(AbstractBaseUser):
    """Who signs in. What an account may do comes from its grants and from its person, nothing else."""

    login = models.CharField(_("账号"), max_length=60, unique=True)
    display_name = models.CharField(_("显示名称"), max_length=60, blank=True)
    person = models.OneToOneField(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="account")
    is_active = models.BooleanField(default=True)
    demo_role = models.CharField(max_length=60, blank=True)

    USERNAME_FIELD = "login"
    objects = AccountManager()

    class Meta:
        verbose_name = _("账号")

    def __str__(self) -> str:
        return self.display_name or self.login


class Role(models.TextChoices):
    """Roles that are granted on a subtree. Being a member needs no grant: it follows from the person."""

    SECRETARY = "secretary", _("支部书记")
    CLASS_MANAGER = "class_manager", _("班主任")
    OFFICE = "office", _("干训科")
    LEADER = "leader", _("领导")
    AUDITOR = "auditor", _("审计员")
    ADMINISTRATOR = "administrator", _("系统管理员")


class Grant(models.Model):
    """A role on an organisation and all below it, for a time."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=20, choices=Role.choices)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    objects = DatedQuerySet["Grant"].as_manager()

    class Meta:
        constraints = [
            ordered_dates("grant"),
            models.UniqueConstraint(fields=["account", "role", "organisation", "since"], name="grant_once"),
        ]

    def __str__(self) -> str:
        return f"{self.role} on {self.organisation_id}"
