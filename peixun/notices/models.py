"""Messages, how accounts want them, and their way over channels."""

from datetime import time

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peixun.notices import kinds
from peixun.people.models import Account

QUIET_FROM, QUIET_UNTIL = time(21, 0), time(8, 0)


class Message(models.Model):
    """One message to one account: a kind with its parameters, put into words when it is read.

    `key` is what it is about: the same account is never told the same thing twice. `link` is a path of this site.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    kind = models.SlugField(max_length=40, db_index=False)
    key = models.CharField(max_length=100)
    parameters = models.JSONField(default=dict)
    link = models.CharField(max_length=200, blank=True)
    place = models.CharField(_("地点"), max_length=100, blank=True)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("消息")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["account", "key"], name="message_once"),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True, ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="message_times_in_order",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-id"], name="message_list"),
            models.Index(fields=["account"], condition=Q(read_at__isnull=True), name="message_unread"),
            models.Index(fields=["created_at"], name="message_created"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.account_id}"

    @property
    def words(self) -> kinds.Words:
        """Title and text in the active language."""
        return kinds.words(self.kind, self.parameters)

    @property
    def title(self) -> str:
        """The title in the active language."""
        return self.words.title

    @property
    def text(self) -> str:
        """The text in the active language."""
        return self.words.text


class Weekday(models.IntegerChoices):
    """Days of the week, as ISO counts them."""

    MONDAY = 1, _("星期一")
    TUESDAY = 2, _("星期二")
    WEDNESDAY = 3, _("星期三")
    THURSDAY = 4, _("星期四")
    FRIDAY = 5, _("星期五")
    SATURDAY = 6, _("星期六")
    SUNDAY = 7, _("星期日")


class Language(models.TextChoices):
    """Languages that messages leave the house in."""

    CHINESE = "zh-hans", _("中文")
    ENGLISH = "en", _("英文")


class Preference(models.Model):
    """How an account wants its messages; without a row, as the defaults say. Times are of Asia/Shanghai."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="+")
    quiet_from = models.TimeField(_("免打扰开始"), default=QUIET_FROM)
    quiet_until = models.TimeField(_("免打扰结束"), default=QUIET_UNTIL)
    language = models.CharField(_("语言"), max_length=10, choices=Language.choices, default=Language.CHINESE)
    weekday = models.PositiveSmallIntegerField(_("每周提醒"), choices=Weekday.choices, default=Weekday.MONDAY)
    muted = models.JSONField(_("不提醒的消息"), default=list)

    class Meta:
        verbose_name = _("消息设置")

    def __str__(self) -> str:
        return f"preference of {self.account_id}"

    @property
    def muted_words(self) -> str:
        """The muted kinds, in words."""
        return gettext("、").join(str(kind.label) for kind in kinds.known() if kind.key in self.muted)


class Feed(models.Model):
    """The secret address of an account's calendar: only a digest is kept, the address is shown once."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("日历订阅")

    def __str__(self) -> str:
        return f"calendar of {self.account_id}"


class DeliveryState(models.TextChoices):
    """How far a delivery has come."""

    WAITING = "waiting", _("等待发送")
    SENT = "sent", _("已发送")
    FAILED = "failed", _("没有送达")


class Delivery(models.Model):
    """A message over a channel. Whoever works on one moves `not_before` on by a lease, so that nobody else does."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=20)
    state = models.CharField(max_length=8, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("发送")
        constraints = [models.UniqueConstraint(fields=["message", "channel"], name="delivery_once")]
        indexes = [models.Index(fields=["not_before"], condition=Q(state="waiting"), name="delivery_due")]

    def __str__(self) -> str:
        return f"{self.message_id} over {self.channel}: {self.state}"


class Round(models.Model):
    """The ISO week in which an account's tasks were last looked through for its weekly reminder."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="+")
    week = models.CharField(max_length=8)

    class Meta:
        verbose_name = _("每周提醒")

    def __str__(self) -> str:
        return f"{self.account_id} in {self.week}"
