from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "gongkai.catalogue"
    label = "catalogue"
    verbose_name = "栏目与目录"

    def ready(self) -> None:
        from gongkai.catalogue import tallies
        from gongkai.catalogue.entries.register import register
        from gongkai.catalogue.found import SOURCE
        from gongkai.catalogue.sites.register import register as register_sites
        from gongkai.core.facts import register_actions
        from gongkai.core.jobs import register_job
        from gongkai.search.entries import register_source

        register()
        register_job("catalogue.tallies", "栏目计数", tallies.fold)
        register_actions(
            {
                "catalogue.placements.rebuilt": "重建栏目列表",
                "catalogue.places.loaded": "载入网站和栏目",
            }
        )
        register_sites()
        register_source(SOURCE)
