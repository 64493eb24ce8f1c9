from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "gongkai.catalogue"
    label = "catalogue"
    verbose_name = "栏目与目录"

    def ready(self) -> None:
        from gongkai.core.facts import register_actions

        register_actions({"catalogue.placements.rebuilt": "重建栏目列表"})
