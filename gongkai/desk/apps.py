from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "gongkai.desk"
    label = "desk"
    verbose_name = "工作台"

    def ready(self) -> None:
        from gongkai.organisations.desk import register_menu_entry

        register_menu_entry("home", "今天", "desk:home", "inbox", order=10)
