"""What the sites tell the rest of the house when it starts."""


def register() -> None:
    """Facts, the menu line, the file gate."""
    from gongkai.catalogue.sites import archive, selectors
    from gongkai.core.blobs import register_gate
    from gongkai.core.facts import register_actions
    from gongkai.core.health import register_examination
    from gongkai.organisations.desk import register_menu_entry
    from gongkai.organisations.enums import Role

    register_actions(
        {
            "catalogue.site.changed": "变更网站状态",
            "catalogue.column.closed": "专题归档",
            "catalogue.column.reopened": "取消专题归档",
        }
    )
    register_menu_entry(
        "sites",
        "网站和专题",
        "catalogue-desk:sites",
        "building",
        (Role.SUPERVISOR, Role.OPERATOR),
        order=84,
    )
    register_gate("site", archive.gate)
    register_examination("sites", selectors.examined)
