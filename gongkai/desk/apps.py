from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "gongkai.desk"
    label = "desk"
    verbose_name = "工作台"

    def ready(self) -> None:
        from gongkai.desk import search_notices
        from gongkai.organisations.desk import register_menu_entry
        from gongkai.organisations.enums import Role

        register_menu_entry("home", "今天", "desk:home", "inbox", order=10)
        register_menu_entry(
            "search", "搜索统计", "search-report:overview", "search",
            [Role.SUPERVISOR, Role.OPERATOR], order=28,
        )  # fmt: skip
        search_notices.register()
