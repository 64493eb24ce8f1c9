"""What a service raises when it says no. Views turn these into a page that names the rule."""


class Refusal(Exception):
    """A rule forbids the act.

    ``rule`` names the rule (with its article where there is one), ``reason`` says what is wrong
    here, ``remedy`` says what the person can do. All three are shown to them.
    """

    status = 409

    def __init__(self, rule: str, reason: str, remedy: str = "") -> None:
        super().__init__(f"{rule}：{reason}")
        self.rule = rule
        self.reason = reason
        self.remedy = remedy


class PermissionRefused(Refusal):
    """The person does not hold the role, the unit or the independence the act requires."""

    status = 403


class NotVisible(Exception):
    """The record does not exist for this person: answered exactly like a missing page."""


class InvalidInput(Refusal):
    """What was typed or uploaded cannot be accepted; ``fields`` maps field name to messages."""

    status = 422

    def __init__(self, fields: dict[str, list[str]], rule: str = "填写检查") -> None:
        self.fields = fields
        first = next((m for messages in fields.values() for m in messages), "")
        super().__init__(rule, first, "请按提示修改后再提交；已填写的内容不会丢失。")
