from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "gongkai.organisations"
    label = "organisations"
    verbose_name = "单位与人员"

    def ready(self) -> None:
        from gongkai.core.facts import register_actions

        register_actions(
            {
                "organisations.role.granted": "授予岗位",
                "organisations.role.ended": "结束岗位",
                "organisations.user.created": "新建账号",
                "organisations.units.loaded": "载入单位名录",
                "organisations.session.opened": "登录",
                "organisations.demo.switched": "演示切换身份",
            }
        )
