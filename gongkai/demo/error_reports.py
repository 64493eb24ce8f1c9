"""Error reports of readers in three states (demonstration); everything is invented."""

from datetime import date

from gongkai.catalogue.models import PublicSite
from gongkai.core.clock import at
from gongkai.demo.people import acting
from gongkai.publishing.models import Item
from gongkai.publishing.placing import item_path
from gongkai.sitecare.services import report_handle, report_make


def build_error_reports(item: Item) -> None:
    """One answered in time, one that waits for too long, one that just came."""
    city = PublicSite.objects.get(key="changsha")
    done = report_make(
        site=city,
        page=item_path(item.pk),
        kind="link",
        text="附件里的申请表点了没有反应，换了两个浏览器都一样。",
        now=at(date(2022, 10, 9), 10, 20),
    )
    report_handle(
        report_id=done.pk,
        outcome="corrected",
        answer="附件已经重新上传，现在可以下载。谢谢您告诉我们。",
        member=acting("zwgkb_zhuguan", at(date(2022, 10, 11), 15)),
        now=at(date(2022, 10, 11), 15),
    )
    report_make(
        site=city,
        page="/dw/czj/?part=leaders",
        kind="outdated",
        text="分工一栏还是去年的内容，请核对。",
        now=at(date(2022, 10, 11), 16, 5),
    )
    report_make(
        site=city,
        page=item_path(item.pk),
        kind="typo",
        quote="申请人应当再十五日内提交",
        text="“再十五日内”应当是“在十五日内”。",
        now=at(date(2022, 10, 17), 19, 40),
    )
