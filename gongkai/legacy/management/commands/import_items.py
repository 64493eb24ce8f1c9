"""`gongkai import_items SOURCE --mapping MAP.json --unit CODE`: read an old site's export."""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm  # type: ignore[import-untyped]

from gongkai.core.clock import now, today
from gongkai.core.errors import Refusal
from gongkai.legacy import mapping as maps
from gongkai.legacy import preparing, sources
from gongkai.legacy.attachments import open_files
from gongkai.legacy.candidate import Issue
from gongkai.legacy.enums import IssueKind, RunStatus
from gongkai.legacy.models import ImportRun, RowIssue
from gongkai.legacy.services import run_submit
from gongkai.organisations.access import Member, member_for, system_member
from gongkai.organisations.models import Unit, User
from gongkai.organisations.selectors import supervising_office

_COUNTS = (
    ("read", "读到"),
    ("staged", "收下"),
    ("bad", "没有收下"),
    ("duplicate", "重复没有收下"),
    ("near", "疑似重复已收下"),
    ("file", "缺少的附件"),
    ("link", "没有对上的关联"),
    ("notice", "请核对"),
    ("findings", "有检查提示"),
)


class Command(BaseCommand):
    """Prepares a batch; nothing is public before its unit's reviewers approve it."""

    help = (
        "迁入旧网站：import_items 文件 --mapping 对应表.json --unit 单位代码 [--dry-run] [--resume]"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", help=".jsonl、.jsonl.gz、.csv，或装有它和附件的 .zip")
        parser.add_argument("--mapping", help="对应表（JSON），写法见 docs/mapping.md")
        parser.add_argument("--suggest-mapping", action="store_true", help="按列名拟一份对应表")
        parser.add_argument("--unit", help="全部属于这个单位（代码），由它的审核人员审核")
        parser.add_argument("--unit-field", help="单位取自这一列，由政务公开主管部门的审核人员审核")
        parser.add_argument("--office", help="配合 --unit-field：审核的主管部门代码，默认市级")
        parser.add_argument("--files", help="附件目录")
        parser.add_argument("--user", help="以哪个账号办理；不写记为命令行")
        parser.add_argument("--dry-run", action="store_true", help="只检查，什么都不写入")
        parser.add_argument("--resume", action="store_true", help="接着上次中断的地方读")
        parser.add_argument("--submit", action="store_true", help="读完直接送审")
        parser.add_argument("--limit", type=int, default=0, help="最多读多少行")
        parser.add_argument("--bad-rows", help="把没有收下的行写进这个文件（JSON 行）")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["source"])
        try:
            source = sources.look(path)
        except (sources.SourceError, OSError) as error:
            raise CommandError(str(error)) from error
        if options["suggest_mapping"]:
            self._suggest(source)
            return
        unit, fixed = self._unit(options)
        mapping = self._mapping(source, options)
        folder = Path(options["files"]) if options["files"] else None
        if folder is not None and not folder.is_dir():
            raise CommandError(f"没有附件目录“{folder}”，请核对路径。")
        if options["limit"] < 0:
            raise CommandError("--limit 应当是正整数。")
        try:
            if options["dry_run"]:
                self._rehearse(source, mapping, unit, fixed, folder, options)
            else:
                self._import(source, mapping, unit, fixed, folder, options)
        except Refusal as error:
            raise CommandError(f"{error.rule}：{error.reason}{error.remedy}") from error

    # --- what was asked for -----------------------------------------------------------------------

    def _suggest(self, source: sources.Source) -> None:
        sample = next((r.values for r in sources.rows(source) if r.values), None)
        found = maps.suggest(source.heads, sample)
        self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))
        lacking = [n for n in ("title", "original_on") if n not in found["fields"]]
        if lacking:
            words = "、".join(maps.label_of(name) for name in lacking)
            self.stderr.write(
                f"没有认出{words}在哪一列，请自己填上。列名：{'、'.join(source.heads)}"
            )

    def _mapping(self, source: sources.Source, options: dict[str, Any]) -> maps.ImportMapping:
        if not options["mapping"]:
            raise CommandError(
                "请用 --mapping 指明对应表；还没有的，先用 --suggest-mapping 拟一份。"
            )
        path = Path(options["mapping"])
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"读不到对应表“{path}”，请核对路径，并存成 UTF-8 编码。") from error
        try:
            raw = json.loads(text)
            if options["unit_field"] and isinstance(raw.get("fields"), dict):
                spec = raw["fields"].get("unit", {})
                spec = spec if isinstance(spec, dict) else {}
                raw["fields"]["unit"] = {**spec, "from": options["unit_field"]}
            mapping = maps.check_mapping(raw)
        except ValueError as error:
            line = getattr(error, "lineno", 0)
            raise CommandError(f"对应表第 {line} 行附近不是完整的 JSON，请核对。") from error
        except AttributeError as error:
            raise CommandError("对应表应当是一个 { }，写法见 docs/mapping.md。") from error
        except maps.MappingError as error:
            raise CommandError("对应表有误：\n" + "\n".join(error.problems)) from error
        missing = maps.missing_columns(mapping, source.heads)
        if missing:
            raise CommandError(
                f"文件里没有这些列：{'；'.join(missing)}。文件里有：{'、'.join(source.heads)}。"
                "请改对应表；什么都还没有写入。"
            )
        return mapping

    def _unit(self, options: dict[str, Any]) -> tuple[Unit, bool]:
        if bool(options["unit"]) == bool(options["unit_field"]):
            raise CommandError(
                "请在 --unit（都属于一个单位）和 --unit-field（单位取自一列）里选一个。"
            )
        if options["unit"]:
            return self._unit_by_code(options["unit"]), True
        if options["office"]:
            return self._unit_by_code(options["office"]), False
        office = supervising_office(None)
        if office is None:
            raise CommandError("没有市级政务公开主管部门，请用 --office 指明由哪个部门审核。")
        return office, False

    def _unit_by_code(self, code: str) -> Unit:
        unit = Unit.objects.select_related("area").filter(code=code).first()
        if unit is None:
            raise CommandError(f"没有代码为“{code}”的单位，请核对单位名录。")
        return unit

    def _member(self, options: dict[str, Any]) -> Member:
        name = options["user"]
        if not name:
            return system_member("import_items", "命令行迁入")
        user = User.objects.filter(username=name).first()
        if user is None:
            raise CommandError(f"没有账号“{name}”。")
        return member_for(user, today())

    # --- doing it ---------------------------------------------------------------------------------

    def _bar(self, source: sources.Source, options: dict[str, Any]) -> "tqdm[Any]":
        quiet = options["format"] == "json" or options["verbosity"] == 0
        return tqdm(
            total=options["limit"] or None,
            unit="行",
            disable=quiet,
            file=sys.stderr,
            desc=source.name[:30],
        )

    def _rehearse(
        self,
        source: sources.Source,
        mapping: maps.ImportMapping,
        unit: Unit,
        fixed: bool,
        folder: Path | None,
        options: dict[str, Any],
    ) -> None:
        reasons: Counter[str] = Counter()
        out = self._open_out(options["bad_rows"])
        moment = now()
        with (
            open_files(source.path, source.member, folder) as files,
            self._bar(source, options) as bar,
        ):
            shop = preparing.shop_for(
                mapping=mapping, unit=unit, fixed=fixed, files=files, now=moment, keep=False
            )

            def report(issues: list[Issue]) -> None:
                for issue in issues:
                    if issue.kind in (IssueKind.BAD, IssueKind.DUPLICATE):
                        reasons[issue.code] += 1
                        self._write_out(out, _line(issue))

            tally = preparing.rehearse(
                rows=sources.rows(source),
                shop=shop,
                limit=options["limit"],
                report=report,
                progress=lambda t: _advance(bar, t.counts["read"]),
            )
        if out is not None:
            out.close()
        self._show(source, dict(tally.counts), reasons, options, dry=True)

    def _import(
        self,
        source: sources.Source,
        mapping: maps.ImportMapping,
        unit: Unit,
        fixed: bool,
        folder: Path | None,
        options: dict[str, Any],
    ) -> None:
        member = self._member(options)
        run, existed = preparing.run_open(
            filename=source.name,
            fingerprint=sources.fingerprint(source.path),
            size=source.size,
            mapping=mapping,
            unit=unit,
            fixed=fixed,
            member=member,
            now=now(),
            limit=options["limit"],
        )
        if existed and run.status != RunStatus.PREPARING:
            self._again(run, options)
            return
        if existed and run.cursor and not options["resume"]:
            raise CommandError(
                f"这个文件上次读到第 {run.cursor} 行中断了（第 {run.pk} 号迁入）。"
                "加上 --resume 接着读；已经收下的不会重复。"
            )
        with (
            open_files(source.path, source.member, folder) as files,
            self._bar(source, options) as bar,
        ):
            shop = preparing.shop_for(
                mapping=mapping, unit=unit, fixed=fixed, files=files, now=now(), keep=True
            )
            bar.update(run.count("read"))
            run = preparing.prepare(
                run=run,
                rows=sources.rows(source, after=run.cursor),
                shop=shop,
                member=member,
                now=now(),
                progress=lambda t: _advance(bar, t.counts["read"]),
            )
        self._bad_rows(run, options["bad_rows"])
        reasons = Counter(
            RowIssue.objects.filter(run=run, kind__in=(IssueKind.BAD, IssueKind.DUPLICATE))
            .order_by()
            .values_list("code", flat=True)
        )
        if options["submit"] and run.count("staged"):
            run_submit(run_id=run.pk, member=member, now=now())
            run.refresh_from_db()
        self._show(source, run.counts, reasons, options, run=run)

    def _again(self, run: ImportRun, options: dict[str, Any]) -> None:
        self._bad_rows(run, options["bad_rows"])
        if options["format"] == "json":
            self.stdout.write(
                json.dumps(
                    {
                        "run": run.pk, "status": run.status, "already": True,
                        "counts": run.counts, "manifest": run.manifest,
                    },
                    ensure_ascii=False,
                )
            )  # fmt: skip
            return
        self.stdout.write(
            f"这个文件已经读入过：第 {run.pk} 号迁入，现在是“{run.get_status_display()}”，"
            f"收下 {run.count('staged')} 条。没有重复读入。"
        )

    # --- telling ----------------------------------------------------------------------------------

    def _open_out(self, name: str | None) -> IO[str] | None:
        if not name:
            return None
        try:
            return Path(name).open("w", encoding="utf-8")
        except OSError as error:
            raise CommandError(f"写不了文件“{name}”：{error.strerror}。") from error

    def _write_out(self, out: IO[str] | None, line: dict[str, Any]) -> None:
        if out is not None:
            out.write(json.dumps(line, ensure_ascii=False) + "\n")

    def _bad_rows(self, run: ImportRun, name: str | None) -> None:
        out = self._open_out(name)
        if out is None:
            return
        with out:
            rows = RowIssue.objects.filter(
                run=run, kind__in=(IssueKind.BAD, IssueKind.DUPLICATE)
            ).order_by("row", "id")
            for issue in rows.iterator(chunk_size=2000):
                self._write_out(out, _line(issue))

    def _show(
        self,
        source: sources.Source,
        counts: dict[str, Any],
        reasons: Counter[str],
        options: dict[str, Any],
        *,
        run: ImportRun | None = None,
        dry: bool = False,
    ) -> None:
        figures = {key: int(counts.get(key, 0)) for key, _ in _COUNTS}
        if options["format"] == "json":
            found = {
                "run": run.pk if run else None,
                "status": run.status if run else "dry_run",
                "already": False,
                "form": source.form,
                "encoding": source.encoding,
                "counts": figures,
                "reasons": dict(reasons),
                "manifest": run.manifest if run else "",
            }
            self.stdout.write(json.dumps(found, ensure_ascii=False))
            return
        self.stdout.write(f"{source.name}：{source.described}")
        self.stdout.write("，".join(f"{word} {figures[key]}" for key, word in _COUNTS))
        for code, number in reasons.most_common():
            self.stdout.write(f"  {code}：{number}")
        if dry:
            self.stdout.write("这是试运行，什么都没有写入。")
        elif run is not None:
            self.stdout.write(
                f"第 {run.pk} 号迁入：{run.get_status_display()}，清单摘要 {run.manifest}"
            )
            self.stdout.write(f"在工作台 /desk/legacy/{run.pk}/ 查看和送审；审核通过后公开。")


def _advance(bar: "tqdm[Any]", position: int) -> None:
    bar.update(position - bar.n)


def _line(issue: Issue | RowIssue) -> dict[str, Any]:
    return {
        "row": issue.row,
        "kind": str(issue.kind),
        "code": issue.code,
        "field": issue.field,
        "title": issue.title,
        "reason": issue.reason,
        "remedy": issue.remedy,
    }
