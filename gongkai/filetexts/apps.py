from django.apps import AppConfig


class FiletextsConfig(AppConfig):
    name = "gongkai.filetexts"
    label = "filetexts"
    verbose_name = "附件文字"

    def ready(self) -> None:
        from gongkai.core import blobs, jobs, outbox
        from gongkai.core.facts import register_actions
        from gongkai.core.health import register_examination
        from gongkai.filetexts import external, reading, services
        from gongkai.organisations.desk import register_menu_entry

        register_actions(
            {services.TEXT_READ: "读出附件文字", services.TEXT_AGAIN: "重新读取附件文字"}
        )
        register_menu_entry(
            "filetexts", "附件文字", "filetexts-desk:board", "search", services.KEEPERS, order=86
        )
        outbox.register_handler(services.READ, "读取附件文字", reading.read_now)
        jobs.register_slow_job("filetexts", "读取附件文字", reading.slow_step)
        jobs.register_job("filetexts.revive", "恢复读取附件", reading.revive)
        blobs.on_drop("filetexts", services.forget)
        register_examination("filetexts", external.examined)
