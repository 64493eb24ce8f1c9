"""The work-point parser: an official document in, sections, points, units and deadlines out.

Pure: no Django, no settings, no clock. The grammar and its variants are described in the modules;
the words it knows are data in ``vocabulary``.
"""

from gongkai.ledger.parsing.diff import ItemChange, PlanDiff, diff_plans, text_hash
from gongkai.ledger.parsing.model import (
    Deadline,
    Duty,
    Edit,
    Issue,
    ParsedItem,
    ParsedPlan,
    ParsedTask,
    Problem,
    Section,
    apply_edits,
    to_json_dict,
)
from gongkai.ledger.parsing.names import UnitRegister
from gongkai.ledger.parsing.plan import parse_work_points

__all__ = [
    "Deadline",
    "Duty",
    "Edit",
    "Issue",
    "ItemChange",
    "ParsedItem",
    "ParsedPlan",
    "ParsedTask",
    "PlanDiff",
    "Problem",
    "Section",
    "UnitRegister",
    "apply_edits",
    "diff_plans",
    "parse_work_points",
    "text_hash",
    "to_json_dict",
]
