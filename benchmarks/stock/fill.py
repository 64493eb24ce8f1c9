"""``python -m benchmarks.stock.fill``: make the tables, the home page and twenty articles."""

import datetime as dt
import os

import django


def main() -> None:
    """Fill the database that the settings name."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.stock.settings"
    django.setup()
    from django.core.management import call_command
    from wagtail.models import Page, Site

    from benchmarks.stock.models import ArticlePage, ListPage

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    Page.objects.filter(depth=2).delete()
    root = Page.objects.get(depth=1)
    home = root.add_child(instance=ListPage(title="首页", slug="home", intro="<p>一个城市</p>"))
    Site.objects.all().delete()
    Site.objects.create(hostname="localhost", root_page=home, is_default_site=True)
    for number in range(20):
        home.add_child(
            instance=ArticlePage(
                title=f"关于落实助企措施有关事项的通知（第{number + 1}批）",
                slug=f"a{number}",
                date=dt.date(2022, 10, 1) + dt.timedelta(days=number),
                intro="说明助企措施的办理条件、时间和渠道，符合条件的企业可以提出申请。",
                body="<p>为了让小微企业和个体工商户用得上各项支持措施，现说明如下。</p>" * 10,
                show_in_menus=number < 6,
            )
        )


if __name__ == "__main__":
    main()
