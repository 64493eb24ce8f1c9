"""Where the title of a Chinese official document may be broken.

A title set with ``word-break: keep-all`` breaks only at the points found here, so that a line
never ends in the middle of a word. Rules, not statistics: punctuation, the particles of official
titles, and a short list of words that such titles are made of.
"""

import re
from typing import Final

# Longest first at match time. Words of two and more characters that stand on their own in titles.
_TITLE_WORDS: Final = """
    公交 线路 时间 部分 路段 限行 冬季 夏季 供气 供暖 电梯 加装 居家 适老化 小区 住宅 收费 价格 水价
    市政府 省政府 区县 各区县 人民 群众 儿童 老年人 残疾人 留守 名单 名录 台账 窗口 平台 网站 新媒体
    关于 印发 转发 公布 发布 下达 做好 加强 推进 促进 支持 进一步 全面 深化
    实施 开展 规范 完善 优化 落实 调整 修改 废止 宣布 失效 明确 建立 健全 提高
    扩大 鼓励 保障 贯彻 执行 举行 召开 研究 公开 征求 意见 征求意见 征求意见稿
    有关 若干 通知 办法 规定 决定 公告 通告 通报 报告 请示 批复 方案 细则 措施
    条例 规则 规划 计划 要点 清单 目录 指南 解读 问答 公示 结果 情况 工作 管理
    服务 改革 发展 建设 监督 检查 考核 评价 安全 应急 防控 疫情 资金 项目 补贴
    补助 专项 行动 试点 制度 机制 标准 程序 范围 期限 第一 季度 年度 企业
    小微企业 中小企业 个体工商户 市场主体 营商环境 政务公开 政府信息 信息公开
    规范性文件 行政 许可 处罚 审批 事项 城市 农村 城镇 社区 街道 乡镇 乡村振兴
    居民 群众 职工 就业 创业 教育 学校 中小学 课后 卫生 健康 医疗 医疗机构 养老
    社会保险 住房 公积金 老旧小区 改造 燃气 供水 供电 管网 工程 公共 交通 道路
    停车 环境保护 生态 水资源 土地 征收 房屋 不动产 登记 税费 减税降费 财政 预算
    决算 投资 重点 重大 民生 实事 惠民惠农 人民政府 办公厅 办公室 委员会 常务会议
    申请 合同 验收 资料 稳岗 扩岗
"""
_WORDS: Final = frozenset(_TITLE_WORDS.split())
_LONGEST: Final = max(map(len, _WORDS))
# These may not begin a line (closing marks and particles) or end one (opening marks).
_STICKS_BACK: Final = frozenset("，。、；：？！）》〉〕】”’…—·的了地得等号")
_STICKS_ON: Final = frozenset("（《〈〔【“‘第")
_RUN: Final = re.compile(
    r"(?:第\s?)?[0-9A-Za-z０-９％%.\-—〔〕]+(?:\s?(?:年度|年|月|日|号|个|项|次|元|件|届|期|条))?"
)


def _tokens(title: str) -> list[str]:
    tokens: list[str] = []
    loose = ""
    position = 0
    while position < len(title):
        run = _RUN.match(title, position)
        if run:
            word = run.group()
        else:
            word = next(
                (
                    title[position : position + size]
                    for size in range(min(_LONGEST, len(title) - position), 1, -1)
                    if title[position : position + size] in _WORDS
                ),
                "",
            )
        if word:
            if loose:
                tokens.append(loose)
                loose = ""
            tokens.append(word)
            position += len(word)
            continue
        character = title[position]
        loose += character
        position += 1
        if character in _STICKS_BACK or character in _STICKS_ON or character in "和与及或":
            tokens.append(loose)
            loose = ""
    if loose:
        tokens.append(loose)
    return tokens


def phrases(title: str) -> list[str]:
    """Split a title into pieces between which a line may break; joined they are the title again."""
    pieces: list[str] = []
    for token in _tokens(title):
        previous = pieces[-1] if pieces else ""
        glued = bool(previous) and (
            token[0] in _STICKS_BACK
            or previous[-1] in _STICKS_ON
            # Two short pieces read better together, and give the browser fewer ragged choices.
            or (len(previous) == 1 and previous not in _STICKS_BACK)
            or (len(token) == 1 and token not in _STICKS_ON)
        )
        if glued:
            pieces[-1] = previous + token
        else:
            pieces.append(token)
    return pieces
