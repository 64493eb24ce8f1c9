from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "gongkai.search"
    label = "search"
    verbose_name = "检索"

    def ready(self) -> None:
        from gongkai.core.facts import register_actions
        from gongkai.core.health import register_examination
        from gongkai.core.jobs import register_follower
        from gongkai.organisations.desk import register_menu_entry
        from gongkai.organisations.enums import Role
        from gongkai.search import (
            health,
            jobs,
            nightly,
            phrases,
            synonyms,
            vocabulary,
            writing,
        )
        from gongkai.search.entries import SPACES

        register_actions(
            {
                writing.DRIFT: "检索索引与数据库有出入，重新读取",
                nightly.TITLES: "抽查标题能否搜到",
                nightly.COMPARED: "核对检索索引与数据库",
            }
        )
        register_examination("search", health.examine)
        jobs.register()
        for space in SPACES:
            register_follower(f"search.{space}", writing.Follower(space))
        register_follower("search.phrases", phrases.Keeper())
        register_actions(synonyms.ACTIONS)
        vocabulary.register_words("office", vocabulary.office_groups)
        vocabulary.register_words("units", vocabulary.unit_names)
        register_menu_entry(
            "synonyms",
            "搜索同义词",
            "search-desk:synonyms",
            "search",
            (Role.SUPERVISOR,),
            order=29,
        )
