"""Stored values in English, labels in Chinese, named groups."""

from django.db.models import TextChoices


class UnitKind(TextChoices):
    GOVERNMENT = "government", "人民政府"
    OFFICE = "office", "政务公开主管部门"
    DEPARTMENT = "department", "政府工作部门"
    PARTY = "party", "党委部门和群团"
    VERTICAL = "vertical", "垂直管理单位"
    PARK = "park", "园区"
    DISTRICT = "district", "区县（市）政府"
    DISTRICT_DEPARTMENT = "district_department", "区县部门"
    TOWNSHIP = "township", "乡镇（街道）"
    VILLAGE = "village", "村（社区）"
    PUBLIC_UTILITY = "public_utility", "公共企事业单位"


class UnitLevel(TextChoices):
    CITY = "city", "市级"
    DISTRICT = "district", "区县级"
    TOWNSHIP = "township", "乡镇级"
    VILLAGE = "village", "村级"


class Role(TextChoices):
    EDITOR = "editor", "编辑"
    FIRST_REVIEWER = "first_reviewer", "初审"
    SECOND_REVIEWER = "second_reviewer", "复审"
    FINAL_REVIEWER = "final_reviewer", "终审"
    SECRECY_REVIEWER = "secrecy_reviewer", "保密审查"
    CLERK = "clerk", "村务员"
    CASE_OFFICER = "case_officer", "依申请公开经办"
    ENQUIRY_OFFICER = "enquiry_officer", "咨询经办"
    SUPERVISOR = "supervisor", "政务公开主管"
    OPERATOR = "operator", "运维"


REVIEWER_ROLES = (
    Role.FIRST_REVIEWER,
    Role.SECOND_REVIEWER,
    Role.FINAL_REVIEWER,
    Role.SECRECY_REVIEWER,
)
