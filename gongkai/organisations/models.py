"""People, units in time, and the roles people hold in units."""

from datetime import date

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q

from gongkai.core.codes import is_uscc
from gongkai.organisations.enums import Role, UnitKind, UnitLevel


class User(AbstractUser):
    """A member of staff. What they may do comes from role assignments, never from flags."""

    display_name = models.CharField("显示姓名", max_length=40)

    class Meta:
        verbose_name = verbose_name_plural = "用户"

    def __str__(self) -> str:
        return self.display_name or self.username


def check_uscc(value: str) -> None:
    """Validator: a unified social credit code with a correct check character (GB 32100)."""
    from django.core.exceptions import ValidationError

    if value and not is_uscc(value):
        raise ValidationError("统一社会信用代码校验不通过，请核对 18 位代码。")


class Unit(models.Model):
    """A publishing unit in a period of time; a reform ends one row and begins its successor."""

    code = models.SlugField("代码", max_length=60, unique=True)
    short_name = models.CharField("简称", max_length=60)
    full_name = models.CharField("全称", max_length=120)
    kind = models.CharField("类别", max_length=20, choices=UnitKind.choices)
    level = models.CharField("层级", max_length=10, choices=UnitLevel.choices)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )
    area = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="area_units",
        verbose_name="所属区县",
        help_text="区县（市）政府本级及其下属单位填该区县；市级单位留空",
    )
    region_code = models.CharField("行政区划代码", max_length=12, blank=True)
    uscc = models.CharField("统一社会信用代码", max_length=18, blank=True, validators=[check_uscc])
    doc_prefixes = models.JSONField("发文代字", default=list, blank=True)
    vertical = models.BooleanField("垂直管理", default=False)
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True, blank=True)
    successor = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name="承继单位",
    )
    uncertain = models.BooleanField("待核实", default=False)
    note = models.CharField("说明", max_length=300, blank=True)
    order = models.PositiveIntegerField("排序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "单位"
        ordering = ["order", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")),
                name="unit_period_runs_forward",
            ),
            models.UniqueConstraint(
                fields=["short_name", "area"],
                condition=Q(valid_to=None),
                name="unit_current_short_name_unique",
            ),
            models.UniqueConstraint(
                fields=["short_name"],
                condition=Q(valid_to=None, area=None),
                name="unit_city_short_name_unique",
            ),
        ]

    def __str__(self) -> str:
        return self.short_name

    def valid_on(self, day: date) -> bool:
        """Whether the unit existed on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    @property
    def seat(self) -> "Unit":
        """The government whose site shows this unit: its district's, or itself for the city."""
        return self.area or self


class UnitAlias(models.Model):
    """Another written name of a unit; several units of different areas may share one."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="aliases", verbose_name="单位")
    name = models.CharField("别名", max_length=120, db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = "单位别名"
        constraints = [
            models.UniqueConstraint(fields=["unit", "name"], name="unit_alias_once"),
        ]

    def __str__(self) -> str:
        return self.name


class RoleAssignment(models.Model):
    """A person holds a role in a unit for a time."""

    user = models.ForeignKey(User, models.PROTECT, related_name="assignments", verbose_name="用户")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="assignments", verbose_name="单位")
    role = models.CharField("岗位", max_length=20, choices=Role.choices)
    valid_from = models.DateField("开始日期")
    valid_to = models.DateField("结束日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "岗位"
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")),
                name="role_period_runs_forward",
            ),
            models.UniqueConstraint(
                fields=["user", "unit", "role"],
                condition=Q(valid_to=None),
                name="role_held_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.unit}·{self.get_role_display()}"
