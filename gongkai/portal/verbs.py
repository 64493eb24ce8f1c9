"""The six things people come for, in the head of every page and large on the home page."""

from typing import Any, NamedTuple

from gongkai.catalogue.models import PublicSite
from gongkai.portal import selectors


class Verb(NamedTuple):
    """What people come for; ``column`` is the place that serves it, ``otherwise`` a page that
    does so where no site keeps that column."""

    name: str
    words: str
    icon: str
    column: str
    otherwise: str


VERBS = (
    Verb("找政策", "文件和解读", "file", "", "zx/?kind=policy"),
    Verb("查规章", "现行有效规章", "scales", "guizhang", "columns/"),
    Verb("问政策", "起草单位来解读", "ask", "jiedu", "zx/?kind=interpretation"),
    Verb("申请公开", "20 个工作日答复", "mail", "", "dw/?for=apply"),
    Verb("看公示", "补贴 窗口 村级", "chart", "jiceng", "columns/"),
    Verb("提意见", "正在征集的事", "pencil", "hudong", "zx/?kind=opinion"),
)


def verbs_of(site: PublicSite, address: str) -> list[dict[str, Any]]:
    """The verbs as links of a site; ``current`` where ``address`` is the place one leads to. A
    column that a district does not keep is the city's; one query."""
    kept = selectors.public_topic_sites({verb.column for verb in VERBS if verb.column})
    found = []
    for verb in VERBS:
        homes: set[str] = kept.get(verb.column, set())
        if site.prefix in homes or "" in homes:
            base = site.path if site.prefix in homes else "/"
            url = f"{base}zt/{verb.column}/"
            current = address.startswith(url)
        else:
            url = f"{site.path}{verb.otherwise}"
            current = address == url
        found.append(
            {
                "name": verb.name,
                "words": verb.words,
                "icon": verb.icon,
                "url": url,
                "current": current,
            }
        )
    return found
