"""Every write of a person's own settings: the address, its proof, what is mailed and when.

Facts say that something was set, never the address itself.
"""

import hmac
from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction

from gongkai.core import facts, outbox
from gongkai.core.errors import InvalidInput, PermissionRefused, Refusal
from gongkai.messaging import rules
from gongkai.messaging.enums import Channel
from gongkai.messaging.mailing import CODE_JOB
from gongkai.messaging.models import KindSetting, MailSettings
from gongkai.messaging.registry import notice_kinds
from gongkai.organisations.access import Member
from gongkai.organisations.models import User

RULE = "提醒设置"


def _person(member: Member) -> int:
    if member.actor.user_id is None:
        raise PermissionRefused(RULE, "提醒设置只能由本人登录后修改。")
    return member.actor.user_id


def _locked(user_id: int) -> tuple[User, MailSettings]:
    user = User.objects.select_for_update().get(pk=user_id)
    row, _ = MailSettings.objects.select_for_update().get_or_create(user=user)
    return user, row


def _record(action: str, member: Member, now: datetime, **details: object) -> None:
    facts.record(
        action=action,
        subject=("user", member.actor.user_id or 0),
        actor=member.actor,
        occurred_at=now,
        details=details,
    )


def _require_mail() -> None:
    if not settings.MAIL_ENABLED:
        raise Refusal(RULE, "平台还没有接入邮件服务器，现在不能使用邮件。", "请联系运维人员接入。")


def address_set(*, address: str, member: Member, now: datetime) -> MailSettings:
    """Enter or change the own address, and have a code sent to it; nothing else goes there before
    the code has been typed in.

    Asking again for the same address sends a new code and voids the old one. Raises InvalidInput
    for an address that cannot be written to, Refusal when mail is off, or for a second code within
    a minute, so that nobody can flood a stranger's mailbox.
    """
    address = address.strip()
    with transaction.atomic():
        _require_mail()
        user, row = _locked(_person(member))
        problem = rules.address_problem(address) if address else "请填写邮箱地址。"
        if problem:
            raise InvalidInput({"address": [problem]}, rule=RULE)
        if row.verified_at is not None and user.email == address:
            raise Refusal(RULE, "这个邮箱已经验证过，不需要再次验证。")
        if row.code_sent_at is not None and now - row.code_sent_at < rules.CODE_PAUSE:
            raise Refusal(RULE, "验证码刚刚发出，每分钟最多发一次。", "请稍等一分钟再试。")
        user.email = address
        user.save(update_fields=["email"])
        row.verified_at, row.refused_at = None, None
        row.code_sent_at, row.code_attempts = now, 0
        row.save(update_fields=["verified_at", "refused_at", "code_sent_at", "code_attempts"])
        stamp = rules.stamp(now)
        outbox.enqueue(
            kind=CODE_JOB,
            subject=("user", user.pk),
            key=f"{user.pk}:{stamp}",
            payload={"sent_at": stamp},
            now=now,
        )
        _record("messaging.address.set", member, now)
    return row


def address_verify(*, code: str, member: Member, now: datetime) -> MailSettings:
    """Prove the address with the code that was mailed to it.

    Raises Refusal when no code is waiting, it is older than a day or was typed wrong too often,
    InvalidInput for a wrong code.
    """
    wrong = False
    with transaction.atomic():
        user, row = _locked(_person(member))
        if row.verified_at is not None:
            raise Refusal(RULE, "这个邮箱已经验证过，不需要再次验证。")
        if not user.email or row.code_sent_at is None:
            raise Refusal(RULE, "没有等待验证的邮箱。", "请先填写邮箱并发送验证码。")
        if now - row.code_sent_at > rules.CODE_LIFE:
            raise Refusal(RULE, "验证码已经超过 24 小时，不能再用。", "请重新发送验证码。")
        if row.code_attempts >= rules.CODE_TRIES:
            raise Refusal(RULE, "验证码输错次数过多，已经失效。", "请重新发送验证码。")
        expected = rules.code_for(
            settings.SECRET_KEY,
            user_id=user.pk,
            address=user.email,
            sent_at=row.code_sent_at,
        )
        if hmac.compare_digest(code.strip().encode(), expected.encode()):
            row.verified_at, row.code_attempts = now, 0
            row.save(update_fields=["verified_at", "code_attempts"])
            _record("messaging.address.verified", member, now)
        else:
            # Counted even though the act fails, so it is raised after the transaction.
            row.code_attempts += 1
            row.save(update_fields=["code_attempts"])
            wrong = True
    if wrong:
        left = rules.CODE_TRIES - row.code_attempts
        raise InvalidInput(
            {
                "code": [
                    f"验证码不对，还可以再试 {left} 次。"
                    if left
                    else "验证码不对，已经失效，请重新发送验证码。"
                ]
            },
            rule=RULE,
        )
    return row


def address_remove(*, member: Member, now: datetime) -> None:
    """Delete the own address; no mail is sent any more. Raises Refusal when there is none."""
    with transaction.atomic():
        user, row = _locked(_person(member))
        if not user.email:
            raise Refusal(RULE, "没有填写过邮箱，不需要删除。")
        user.email = ""
        user.save(update_fields=["email"])
        row.verified_at, row.refused_at, row.code_sent_at = None, None, None
        row.save(update_fields=["verified_at", "refused_at", "code_sent_at"])
        _record("messaging.address.removed", member, now)


def settings_change(
    *,
    channels: Mapping[str, str],
    mail_off: bool,
    digest_hour: int,
    member: Member,
    now: datetime,
) -> MailSettings:
    """Change what is mailed and when. ``channels`` maps notice kinds to channels; kinds that are
    not named keep what they have.

    Raises InvalidInput naming the kind or the hour.
    """
    with transaction.atomic():
        user_id = _person(member)
        known = {kind.key: kind for kind in notice_kinds()}
        errors: dict[str, list[str]] = {}
        for key, channel in channels.items():
            if key not in known:
                errors["channels"] = ["有一种提醒已经不存在，请刷新页面后重新选择。"]
            elif channel not in Channel.values:
                errors[key] = [f"“{known[key].label}”请选择一种方式。"]
            elif channel == Channel.AT_ONCE and not known[key].mail:
                errors[key] = [f"“{known[key].label}”不能用即时邮件，请选择其他方式。"]
        if not 0 <= digest_hour <= 23:
            errors["digest_hour"] = ["每日汇总时间请选择 0 点到 23 点。"]
        if errors:
            raise InvalidInput(errors, rule=RULE)
        _, row = _locked(user_id)
        have = dict(KindSetting.objects.filter(user_id=user_id).values_list("kind", "channel"))
        changed = {}
        for key, channel in channels.items():
            kind = known[key]
            now_set = have.get(key) or rules.default_channel(mail=kind.mail, urgent=kind.urgent)
            if now_set != channel:
                changed[key] = channel
        KindSetting.objects.bulk_create(
            [KindSetting(user_id=user_id, kind=k, channel=c) for k, c in changed.items()],
            update_conflicts=True,
            unique_fields=["user", "kind"],
            update_fields=["channel"],
        )
        if changed or row.mail_off != mail_off or row.digest_hour != digest_hour:
            row.mail_off, row.digest_hour = mail_off, digest_hour
            row.save(update_fields=["mail_off", "digest_hour"])
            _record(
                "messaging.settings.changed",
                member,
                now,
                channels=changed,
                mail_off=mail_off,
                digest_hour=digest_hour,
            )
    return row
