"""The form for reading in a small file at the desk."""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from gongkai.legacy.mapping import ImportMapping, MappingError, check_mapping
from gongkai.organisations.models import Unit

MOST_BYTES = 20 * 1024 * 1024


class ImportForm(forms.Form):
    """A source, its mapping, and whose it is."""

    source = forms.FileField(
        label="数据文件",
        help_text=".jsonl、.jsonl.gz、.csv，或装有数据文件和附件的 .zip，不超过 20 MB；更大的由运维用命令读入。",
        error_messages={"required": "请选择数据文件。", "empty": "这个文件是空的。"},
    )
    mapping = forms.FileField(
        label="对应表",
        required=False,
        help_text="说明哪一列是标题、正文、日期的 .json 文件。还没有的先不选，会按列名拟一份给您改。",
    )
    unit = forms.ModelChoiceField(
        label="由哪个单位审核",
        queryset=Unit.objects.none(),
        empty_label="（请选择）",
        error_messages={
            "required": "请选择审核单位。", "invalid_choice": "请从列表里选择审核单位。",
        },
    )  # fmt: skip
    several = forms.BooleanField(
        label="文件里有几个单位的信息，单位按对应表的“unit”逐行认定",
        required=False,
        help_text="不勾选时，每一条都属于审核单位。",
    )

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]

    def clean_source(self) -> Any:
        """The file, if it is small enough for a request."""
        upload = self.cleaned_data["source"]
        if upload.size > MOST_BYTES:
            raise ValidationError("文件超过 20 MB，请由运维用 gongkai import_items 命令读入。")
        return upload

    def clean_mapping(self) -> ImportMapping | None:
        """The checked mapping; None when none was chosen."""
        upload = self.cleaned_data["mapping"]
        if upload is None:
            return None
        if upload.size > 1024 * 1024:
            raise ValidationError("对应表超过 1 MB，多半选错了文件。")
        try:
            return check_mapping(json.loads(upload.read().decode("utf-8-sig")))
        except UnicodeDecodeError as error:
            raise ValidationError("对应表请存成 UTF-8 编码。") from error
        except MappingError as error:
            raise ValidationError(list(error.problems)) from error
        except ValueError as error:
            line = getattr(error, "lineno", 0)
            raise ValidationError(f"对应表第 {line} 行附近不是完整的 JSON，请核对。") from error
