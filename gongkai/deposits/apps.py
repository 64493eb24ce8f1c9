from django.apps import AppConfig


class DepositsConfig(AppConfig):
    name = "gongkai.deposits"
    label = "deposits"
    verbose_name = "移送存档"

    def ready(self) -> None:
        from gongkai.core.blobs import register_gate
        from gongkai.core.facts import register_actions
        from gongkai.core.jobs import register_job
        from gongkai.deposits import files, queueing, reminders, services
        from gongkai.messaging.registry import register_due_source
        from gongkai.organisations.access import system_member
        from gongkai.organisations.desk import register_menu_entry
        from gongkai.organisations.enums import Role
        from gongkai.publishing.asides import register_aside
        from gongkai.publishing.events import subscribe
        from gongkai.publishing.purging import register_forgetter

        keepers = (Role.SUPERVISOR, Role.OPERATOR)
        register_menu_entry(
            "deposits", "移送存档", "deposits-desk:batches", "building", keepers, order=60
        )
        register_menu_entry("places", "查阅场所", "deposits-desk:places", "pin", keepers, order=61)
        register_actions(
            {
                "deposits.target.added": "登记接收单位",
                "deposits.target.ended": "停用接收单位",
                "deposits.batch.made": "归集移送批次",
                "deposits.batch.sent": "移送档案馆、图书馆",
                "deposits.batch.received": "登记移送回执",
                "deposits.recall.told": "通知撤出查阅",
                "deposits.place.saved": "登记查阅场所",
                "deposits.place.ended": "停用查阅场所",
            }
        )
        register_job(
            "deposits.batches",
            "归集移送批次",
            lambda moment: services.batches_make_due(member=system_member("tick"), now=moment),
        )
        register_gate("deposit", files.receipt_gate)
        register_due_source("deposits.dispatch", "移送档案馆、图书馆", reminders.dispatches_due)
        register_aside("deposits", files.item_aside)
        subscribe("deposits", "移送存档排队", queueing.follow)
        register_forgetter("deposits", queueing.forget)
