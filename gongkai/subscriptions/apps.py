from django.apps import AppConfig


class SubscriptionsConfig(AppConfig):
    name = "gongkai.subscriptions"
    label = "subscriptions"
    verbose_name = "订阅"

    def ready(self) -> None:
        from gongkai.core import outbox
        from gongkai.core.facts import register_actions
        from gongkai.core.jobs import register_job
        from gongkai.messaging.failures import register_mail_kind
        from gongkai.organisations.desk import register_menu_entry
        from gongkai.organisations.enums import Role
        from gongkai.publishing.events import subscribe
        from gongkai.subscriptions import kinds, matching, searching, sending, services

        kinds.register()
        register_actions(services.ACTIONS)
        register_menu_entry(
            "subscriptions", "订阅", "subscriptions-desk:overview", "mail",
            [Role.SUPERVISOR, Role.OPERATOR], order=28,
        )  # fmt: skip
        subscribe("subscriptions", "登记订阅更新", matching.follow)
        for kind, label, handler in (
            (services.CONFIRM_JOB, "发送订阅确认信", sending.send_confirmation),
            (services.MANAGE_JOB, "发送订阅管理链接", sending.send_manage_link),
            (sending.LETTER_JOB, "发送订阅邮件", sending.send),
        ):
            outbox.register_handler(kind, label, handler)
            register_mail_kind(kind)
        outbox.on_giving_up("subscriptions", sending.given_up)
        register_job("subscriptions.searches", "检索订阅", searching.run)
        register_job("subscriptions.letters", "订阅邮件", sending.queue)
        register_job("subscriptions.expire", "到期的订阅", services.expire)
