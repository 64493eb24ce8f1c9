from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "gongkai.core"
    label = "core"
    verbose_name = "平台基础"

    def ready(self) -> None:
        from gongkai.core import checks, rotation  # noqa: F401
        from gongkai.core.facts import register_actions
        from gongkai.core.health import register_examination

        register_actions(rotation.ACTIONS)
        register_examination("keys", rotation.examined)
