from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "gongkai.messaging"
    label = "messaging"
    verbose_name = "消息"

    def ready(self) -> None:
        from gongkai.core import outbox
        from gongkai.core.facts import register_actions
        from gongkai.core.jobs import register_job
        from gongkai.messaging import digests, failures, mailing, reminders, selectors
        from gongkai.messaging.registry import register_notice_kind
        from gongkai.messaging.services import MAIL_JOB
        from gongkai.organisations.desk import register_menu_entry
        from gongkai.organisations.enums import Role

        register_menu_entry(
            "messages", "消息", "messaging-desk:inbox", "bell", order=12, waiting=selectors.waiting
        )
        register_actions(
            {
                "messaging.address.set": "填写邮箱",
                "messaging.address.verified": "验证邮箱",
                "messaging.address.removed": "删去邮箱",
                "messaging.settings.changed": "修改提醒设置",
            }
        )
        keepers = [Role.OPERATOR]
        register_notice_kind(failures.EFFECT_FAILED, "后台任务失败", urgent=True, roles=keepers)
        register_notice_kind(failures.MAIL_FAILED, "邮件发送失败", mail=False, roles=keepers)
        outbox.register_handler(MAIL_JOB, "发送提醒邮件", mailing.send_notice)
        outbox.register_handler(mailing.CODE_JOB, "发送邮箱验证码", mailing.send_code)
        outbox.register_handler(digests.DIGEST_JOB, "发送每日汇总", digests.send)
        outbox.on_giving_up("messaging", failures.effect_given_up)
        register_job("messaging.due", "到期提醒", reminders.remind)
        register_job("messaging.abandoned", "中断的后台任务", failures.find_abandoned)
        register_job("messaging.digest", "每日汇总", digests.queue)
