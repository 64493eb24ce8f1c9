from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "gongkai.portal"
    label = "portal"
    verbose_name = "公开网站"

    def ready(self) -> None:
        from gongkai.catalogue.sites.archive import register_digests
        from gongkai.core.health import register_examination
        from gongkai.portal import search_saved
        from gongkai.portal.blocks import (  # noqa: F401  (each registers its blocks)
            decisions,
            dialogue,
            documents,
            grassroots,
            growth,
            interpretations,
            money,
            paths,
            plain,
            projects,
            services,
            utilities,
        )
        from gongkai.portal.pdf.making import examined, follow
        from gongkai.portal.selectors_machines import public_digests
        from gongkai.portal.verify import look
        from gongkai.publishing.events import subscribe
        from gongkai.subscriptions import hits

        hits.read_by(search_saved.question, search_saved.limits)
        subscribe("portal", "公开页面核验", look)
        subscribe("portal.pdf", "清除撤回信息的 PDF", follow)
        register_examination("pdf", examined)
        register_digests("item", public_digests)
