from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "gongkai.catalogue"
    label = "catalogue"
    verbose_name = "栏目与目录"

    def ready(self) -> None:
        from gongkai.catalogue import tallies
        from gongkai.catalogue.entries.register import register
        from gongkai.catalogue.sites.register import register as register_sites
        from gongkai.core.facts import register_actions
        from gongkai.core.jobs import register_job

        register()
        register_job("catalogue.tallies", "栏目计数", tallies.fold)
        register_actions({"catalogue.placements.rebuilt": "重建栏目列表"})
        register_sites()
