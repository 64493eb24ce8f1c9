from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "gongkai.organisations"
    label = "organisations"
    verbose_name = "单位与人员"

    def ready(self) -> None:
        from gongkai.core.facts import register_actions
        from gongkai.organisations.desk import register_menu_entry
        from gongkai.organisations.enums import Role

        keepers = [Role.OPERATOR, Role.SUPERVISOR]
        register_menu_entry("people", "人员和岗位", "office-desk:people", "users", keepers, 80)
        register_menu_entry("calendar", "工作日历", "office-desk:calendar", "calendar", keepers, 81)
        register_actions(
            {
                "organisations.role.granted": "授予岗位",
                "organisations.role.ended": "结束岗位",
                "organisations.user.created": "新建账号",
                "organisations.calendar.set": "增补工作日历",
                "organisations.calendar.removed": "删去增补日期",
                "organisations.units.loaded": "载入单位名录",
                "organisations.session.opened": "登录",
                "organisations.demo.switched": "演示切换身份",
            }
        )
