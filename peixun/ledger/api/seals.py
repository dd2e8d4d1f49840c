"""The sealed head."""

from datetime import datetime

from django.http import HttpResponse
from django.utils.translation import gettext_lazy
from ninja import Router, Schema

from peixun.kernel.api.answers import answer
from peixun.kernel.api.documents import told
from peixun.ledger.queries.seals import sealing
from peixun.people.bearer import ApiRequest

router = Router()


class HeadOut(Schema):
    """The last seal: its chained digest stands for every row sealed so far. `unsealed` rows follow."""

    number: int
    digest: str
    sealed_at: datetime | None
    unsealed: int


@router.get(
    "/ledger/head",
    response=HeadOut,
    **told(
        gettext_lazy("台账的封存位置"),
        gettext_lazy("最后一次封存的编号和摘要；摘要代表到那时为止的每一条记录。unsealed 是还没有封存的条数。"),
    ),
)
def head(request: ApiRequest) -> HttpResponse:
    """The sealed head; number 0 and an empty digest before the first seal."""
    now = sealing()
    last = now.head
    return answer(
        {
            "number": last.number if last else 0,
            "digest": bytes(last.digest).hex() if last else "",
            "sealed_at": last.sealed_at if last else None,
            "unsealed": now.unsealed,
        }
    )
