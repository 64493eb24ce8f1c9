"""Operators hear of a night in which search was not good enough."""

from datetime import datetime

from django.urls import reverse

from gongkai.core.models import Fact
from gongkai.messaging.audience import operators
from gongkai.messaging.registry import register_notice_kind
from gongkai.messaging.services import notify
from gongkai.organisations.enums import Role
from gongkai.search import nightly

KIND = "search.nightly"


def tell_operators(fact: Fact, now: datetime) -> None:
    """One notice a night and kind of check, in the transaction of its fact."""
    details = fact.details
    if fact.action == nightly.TITLES:
        title = f"搜索抽查：{details['count']} 个标题只搜到 {details['found']} 个"
        body = (
            f"首页搜到的占 {details['share']}%，要求不低于 {details['enough']}%。"
            "请运行 gongkai search check 核对索引，再看是哪几条没有搜到。"
        )
    else:
        title = "检索索引没有在规定时间内核对完"
        body = "请在空闲时运行 gongkai search check。"
    notify(
        kind=KIND,
        to=operators(),
        title=title,
        body=body,
        url=f"{reverse('search-report:overview')}#nights",
        key=f"{fact.action}:{fact.subject_id}",
        subject=("search", fact.subject_id),
        now=now,
    )


def register() -> None:
    """Declare the notice and listen."""
    register_notice_kind(KIND, "搜索抽查不合格", urgent=True, roles=[Role.OPERATOR])
    nightly.on_poor_result("operators", tell_operators)
