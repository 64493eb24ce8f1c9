"""Draw the pictures of the demonstration's interpretations (needs a Chinese font).

    python -m scripts.draw_interpretations [--frames DIR]

Writes PNG files into gongkai/demo/content/forms/, where the demonstration takes them from, so that
building it needs no font. ``--frames`` also writes the slides of the short film; the film itself
(driver.webm) was recorded from them, five seconds each, by a browser's MediaRecorder.
"""

import argparse
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

OUT = Path(__file__).parents[1] / "gongkai" / "demo" / "content" / "forms"
FONTS = Path("/usr/share/fonts/opentype/noto")
INK, SOFT, BLUE, RED = "#16202a", "#46535f", "#0f4c81", "#a92119"
PAPER, WASH, LINE, DEEP = "#ffffff", "#e8f0f7", "#b4cbe0", "#0a3358"

Size = tuple[int, int]


def face(size: int, name: str = "NotoSansCJK-Regular.ttc") -> ImageFont.FreeTypeFont:
    """A font of the simplified Chinese cut."""
    return ImageFont.truetype(str(FONTS / name), size, index=2)


def bold(size: int) -> ImageFont.FreeTypeFont:
    """The face of titles and figures."""
    return face(size, "NotoSerifCJK-Bold.ttc")


class Sheet:
    """A picture with a title, to be filled from the top."""

    def __init__(self, size: Size, title: str, *, deep: bool = False) -> None:
        self.image = Image.new("RGB", size, DEEP if deep else PAPER)
        self.draw = ImageDraw.Draw(self.image)
        self.width, self.height = size
        self.pad = 48
        self.ink, self.soft = (PAPER, "#cfdeec") if deep else (INK, SOFT)
        self.y = self.pad
        if title:
            self.y = self.words(
                self.pad, self.y, title, bold(52 if self.width > 800 else 46), self.ink
            )
            self.draw.rectangle((self.pad, self.y + 14, self.pad + 88, self.y + 20), fill=RED)
            self.y += 52

    def words(
        self, x: int, y: int, text: str, font: ImageFont.FreeTypeFont, fill: str, width: int = 0
    ) -> int:
        """Write text, broken to the width; returns where it ends."""
        width = width or self.width - x - self.pad
        line = ""
        step = int(font.size * 1.45)
        for char in text:
            if self.draw.textlength(line + char, font) > width and char not in "，。；、：）》":
                self.draw.text((x, y), line, font=font, fill=fill)
                line, y = "", y + step
            line += char
        self.draw.text((x, y), line, font=font, fill=fill)
        return y + step

    def cards(self, entries: list[tuple[str, str]], columns: int, top: int = 0) -> None:
        """Boxes with a large head and a line below, filling what is left of the picture."""
        rows = -(-len(entries) // columns)
        gap, top = 24, top or self.y
        wide = (self.width - 2 * self.pad - gap * (columns - 1)) // columns
        tall = (self.height - self.pad - top - gap * (rows - 1)) // rows
        for place, (head, text) in enumerate(entries):
            x = self.pad + place % columns * (wide + gap)
            y = top + place // columns * (tall + gap)
            self.draw.rounded_rectangle(
                (x, y, x + wide, y + tall), 10, fill=WASH, outline=LINE, width=2
            )
            self.draw.rectangle((x, y + 10, x + 6, y + tall - 10), fill=BLUE)
            end = self.words(x + 30, y + 22, head, bold(42), BLUE, wide - 50)
            self.words(x + 30, end + 6, text, face(31), INK, wide - 50)

    def save(self, name: str) -> None:
        """Few colours and no time in the file, so that it is small and always the same."""
        OUT.mkdir(parents=True, exist_ok=True)
        few = self.image.quantize(colors=64, dither=Image.Dither.NONE)
        few.save(OUT / f"{name}.png", "PNG", optimize=True)


def both(
    name: str, title: str, entries: list[tuple[str, str]], columns: int, tall: int = 640
) -> None:
    """One plate for wide screens and one for phones."""
    wide = Sheet((1200, tall), title)
    wide.cards(entries, columns)
    wide.save(name)
    narrow = Sheet((720, 260 + 190 * len(entries)), title)
    narrow.cards(entries, 1)
    narrow.save(f"{name}-narrow")


def clock(size: Size, name: str) -> None:
    """The periods of an application on one line (wide) or one under the other (phones)."""
    sheet = Sheet(size, "20个工作日，从收到的第二天数起")
    marks = [
        ("收到", "当天登记编号，不计入期限"),
        ("第7个工作日", "材料不全的，最迟这天一次说清要补什么"),
        ("第20个工作日", "应当答复；补正的，从收到补正材料起重新算"),
        ("最多再加20个", "复杂的经负责人同意延长，并且告诉申请人"),
    ]
    if size[0] > 800:
        y, step = sheet.y + 60, (sheet.width - 2 * sheet.pad) // 4
        sheet.draw.line((sheet.pad, y, sheet.width - sheet.pad, y), fill=BLUE, width=8)
        for place, (head, text) in enumerate(marks):
            x = sheet.pad + place * step
            sheet.draw.ellipse((x, y - 20, x + 40, y + 20), fill=RED if place == 2 else BLUE)
            end = sheet.words(x, y + 48, head, bold(38), RED if place == 2 else BLUE, step - 16)
            sheet.words(x, end + 6, text, face(30), INK, step - 24)
    else:
        x, step = sheet.pad + 20, (sheet.height - sheet.y - sheet.pad) // 4
        sheet.draw.line((x, sheet.y + 20, x, sheet.y + 3 * step + 20), fill=BLUE, width=8)
        for place, (head, text) in enumerate(marks):
            y = sheet.y + place * step
            sheet.draw.ellipse((x - 20, y, x + 20, y + 40), fill=RED if place == 2 else BLUE)
            end = sheet.words(x + 48, y - 8, head, bold(40), RED if place == 2 else BLUE)
            sheet.words(x + 48, end, text, face(29), INK)
    sheet.save(name)


def bars(name: str) -> None:
    """Monthly subsidy for each child, by service and place."""
    sheet = Sheet((1400, 620), "每个孩子每月补助多少（元）")
    rows = [
        ("全日托", "主城区", 300), ("全日托", "长沙县、浏阳、宁乡", 260),
        ("半日托", "主城区", 220), ("半日托", "长沙县、浏阳、宁乡", 200),
    ]  # fmt: skip
    for place, (kind, where, value) in enumerate(rows):
        y = sheet.y + 8 + place * 108
        sheet.draw.text((sheet.pad, y), kind, font=bold(36), fill=INK)
        sheet.draw.text((sheet.pad, y + 48), where, font=face(27), fill=SOFT)
        end = 420 + int(value * 2.55)
        sheet.draw.rectangle(
            (420, y + 8, end, y + 74), fill=BLUE if kind == "全日托" else "#6f95b8"
        )
        sheet.draw.text((end + 20, y + 6), str(value), font=bold(46), fill=INK)
    sheet.save(name)


SLIDES = [
    ("货车进城，怎么领通行标识", "长沙市交通运输局  解读《城市货运配送车辆通行和停靠管理办法》"),
    ("谁要领", "在二环线以内送商超、快递、冷链、药品、家具的货车"),
    ("在哪里领", "市交通运输局网站，电子标识，一车一码，三个工作日办结，不收费"),
    ("什么时候能走", "新能源配送货车全天；其他配送货车错开早晚高峰"),
    ("停在哪里", "商圈、农贸市场、医院周边的配送停靠点，每次不超过三十分钟"),
    ("什么时候开始", "2022年11月15日起施行；旧的纸质通行证用到12月31日"),
]


def slides(folder: Path | None) -> None:
    """The film's slides; the first without its footer is the poster."""
    for number, (head, text) in enumerate(SLIDES):
        sheet = Sheet((1280, 720), "", deep=True)
        sheet.draw.rectangle((0, 560, 1280, 720), fill="#124470")
        sheet.draw.rectangle((84, 150, 172, 158), fill="#ffb000")
        end = sheet.words(84, 190, head, bold(84), PAPER, 1110)
        sheet.words(84, end + 24, text, face(44), "#cfdeec", 1110)
        if number:
            sheet.draw.text((84, 604), f"{number}／{len(SLIDES) - 1}", font=bold(44), fill=PAPER)
        else:
            sheet.draw.text((84, 608), "半分钟看懂（演示）", font=face(40), fill=PAPER)
            sheet.save("driver-poster")
        if folder:
            sheet.image.save(folder / f"{number}.png")


def main() -> None:
    """Draw everything."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--frames", type=Path)
    frames = parser.parse_args().frames
    both(
        "apply-ways", "四种办法，都能申请公开",
        [("当面递交", "到受理窗口，当场拿回执"), ("邮寄", "签收那天就是收到的日子"),
         ("网上提交", "工作人员和您确认那天起算"), ("口头说", "写字有困难的，由工作人员代填、宣读")],
        2,
    )  # fmt: skip
    clock((1200, 560), "apply-clock")
    clock((720, 1040), "apply-clock-narrow")
    both(
        "apply-pause", "这两段时间，不算在期限里",
        [("问第三方", "收到征求意见书起15个工作日；不回答，不等于同意"),
         ("问共同制作的机关", "收到函件起15个工作日；不回答，视为同意公开")],
        2, 430,
    )  # fmt: skip
    both(
        "apply-reply", "拿到答复书，逐项看这六处",
        [("申请了什么", "写明您要的是哪份信息"), ("怎么找的", "在哪里查找、找到没有"),
         ("结论", "公开、部分公开，还是不公开"), ("依据", "哪部法规的哪一条，事实是什么"),
         ("不服怎么办", "向谁复议、到哪里起诉、什么期限"), ("部分能公开的", "遮住不能公开的，其余照样给")],
        3, 680,
    )  # fmt: skip
    bars("nursery-bars")
    slides(frames)


if __name__ == "__main__":
    main()
