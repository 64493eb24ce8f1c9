"""The words the parser knows, as data. Growing a list here needs no change elsewhere."""

from typing import Final


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


#: Verbs that make a sentence a duty. A sentence without any of them is explanation.
DUTY_VERBS: Final[tuple[str, ...]] = _words(
    """
    公开 发布 设置 开设 建立 完成 组织 优化 公布 推进 公示 加强 落实 执行 梳理
    推送 健全 完善 规范 开展 制定 编制 印发 更新 做好 加快 提高 丰富 邀请 报送
    推动 建设 强化 深化 改造 整改 清理 上线 开通 实施 实行 留存 回应 宣传 指导
    培训 监督 检查 考核 评估 通报 汇总 督促 提供 明确 保障 扩大 提升 打造 构建
    支持 鼓励 引导 培育 出台 修订 争取 确保 聚焦 依托 拓展 促进 统筹 防范 查处
    办理 受理 答复 解读 征集 披露 归集 共享 整合 新建 改扩建 举办 参与 选派 设立
    给予 减免 研究 探索 试点 推广 普及 降低 压缩 取消 简化 发放 补助 奖励 安排
    用好 利用 发挥 坚持 遵循 按照 灵活采取 力争 达到 配备 改善 治理 新增 改建 筹建
    """
)

#: Words at the end of a clause that give the units before them a part. Longer ones first.
LEAD_VERBS: Final[tuple[str, ...]] = _words(
    """
    牵头 主办 主责 抓总 总牵头
    """
)
DUTY_ROLE_VERBS: Final[tuple[str, ...]] = _words(
    """
    负责 落实 承办 实施 推进 推动 办理 抓落实 执行 承担 完成
    """
)
SUPPORT_VERBS: Final[tuple[str, ...]] = _words(
    """
    配合 参与 参加 协助 协办 协同 支持 指导 督促 监督 督导 督查 督办
    """
)
#: Words that may stand before those verbs and say nothing about the part.
ROLE_ADVERBS: Final[tuple[str, ...]] = _words(
    """
    按照各自职责分工 按各自职责分工 根据各自职责分工 按照职责任务分工 按照职责分工
    根据职责分工 依据职责分工 依照职责分工 按职责任务分工 按照职能分工 按职能分工
    按职责分工 依职责分工 按照任务分工 按任务分工 按照各自职责 按各自职责 根据各自职责
    依据各自职责 按照工作职责 按工作职责 按照职责 根据职责 依据职责 按职责 依职责 按职能
    按照职能 按照分工 按分工 根据分工 职责分工 各负其责 各司其职 在各自职责范围内
    在职责范围内 职责范围内 按权限 按照权限 分别 共同 联合 具体 密切 积极 统筹 组织
    抓好 做好 认真 依法 全面 并 均 等 予以 统一 分工 各自 分级 抓 协调
    """
)

#: Labels in front of units, by the part they give. "deadline" and "person" are not units.
_LABELS: Final[dict[str, str]] = {
    "lead": "牵头 主责 主办",
    "responsible": "责任 承办 落实 实施 执行 负责 主管",
    "support": "配合 协办 协同 协助 参与 参加 指导 监督",
}
LABEL_WORDS: Final[tuple[tuple[str, str], ...]] = tuple(
    (word, part) for part, words in _LABELS.items() for word in words.split()
)

#: How the name of a unit ends.
UNIT_ENDINGS: Final[tuple[str, ...]] = _words(
    """
    委员会 管委会 办公室 办事处 居委会 村委会 办公厅 联合会 协会 总工会 工会 工商联
    妇联 残联 文联 社科联 侨联 团委 科协 总社 商会 学会 基金会 理事会 董事会 人大
    政协 法院 检察院 公司 集团 银行 支行 分行 中心 支队 总队 大队 消防队 调查队
    海关 高校 院校 学院 大学 学校 中学 医院 企业 街道 乡镇 园区 新区 高新区 经开区
    开发区 示范区 政府 部门 单位 机构 科室 处室 股室 机关 小组 专班 指挥部 事业部
    工委 党委 党组 分局 监管局 银保监局 证监局 邮政局 气象局 审批局 总局 石化 电力
    电网 铁塔 联通 移动 电信 报社 电视台 广播电台 融媒体中心 图书馆 档案馆 博物馆
    科技馆 纪委监委 监委 纪委 审判庭 服务站 管理处 街办 党校 行政学院 社科院 科学院
    科研院所 供销社 农信社 林场 所 企协 企联 中央 中支 地方 地区 联社 学联 局 委
    办 厅 部 院 署 会 组 队 站 处 科 室 台 社 馆 镇 乡 区 县 州 旗 盟 市
    省
    """
)
#: Endings after which 和/与/及 may separate two units.
STRONG_ENDINGS: Final[tuple[str, ...]] = _words(
    """
    局 厅 委 办 院 政府 委员会 管委会 单位 部门 公司 中心 支队 总队 银行 支行
    办公室 办公厅 部 联 工会 街道 乡镇 海关 办事处 机构 企业 集团 署 协会 园区
    新区 高校 小组 机关 科协 社 处 科 站 所 县 区 市
    """
)
#: How the name of a unit begins when it follows 和/与/及 or a space.
UNIT_BEGINNINGS: Final[tuple[str, ...]] = _words(
    """
    市 省 区 县 州 各 国 中 团 驻 相关 有关 其他 本 乡 镇 街道 园区 人民银行
    人行 全 所 属 雄安 湖南 长沙
    """
)

#: Ends and beginnings between which a line break in a table cell separates two units.
CELL_NAME_ENDINGS: Final[tuple[str, ...]] = _words(
    """
    局 委 办 厅 部 院 府 会 门 位 司 心 行 室 科 处 牵头 负责 配合 落实
    ） ) 区 县 市 道 镇
    """
)
CELL_NAME_BEGINNINGS: Final[tuple[str, ...]] = _words(
    "市 省 区 县 各 国家 团 牵头 责任 配合 人民 其他 相关 有关 园 乡 镇"
)

#: A name with these is a group whose members the document does not fix.
OPEN_GROUP_WORDS: Final[tuple[str, ...]] = _words(
    """
    相关单位 有关单位 相关部门 有关部门 各单位 各部门 成员单位 各有关 各相关 其他部门
    其他单位 直属单位 直属机构 责任单位 牵头单位 相关职能 有关方面 相关科室 有关科室
    各科室 相关市 有关市 有关地方 相关企业
    """
)
#: A name ending like this is a role to be mapped, not a unit.
ROLE_ENDINGS: Final[tuple[str, ...]] = _words(
    """
    主管部门 监管部门 主管单位 主管机关 行业管理部门 职能部门 行政管理部门 执法部门
    业务部门 主管局 实施主体
    """
)

#: Sections whose points set the frame and are no points of work.
CONTEXT_SECTIONS: Final[tuple[str, ...]] = _words(
    """
    总体要求 指导思想 基本原则 工作目标 总体目标 主要目标 总体思路 目标任务 工作原则
    发展目标 工作思路 重要意义 重大意义 适用范围 行动目标 基本情况 任务目标 编制依据
    背景 面临形势 有关说明 名词解释 附则 充分认识
    """
)
#: Sections whose points are requirements on how to work, without a result to disclose.
REQUIREMENT_SECTIONS: Final[tuple[str, ...]] = _words(
    """
    保障措施 组织保障 工作要求 组织领导 组织实施 指导监督 监督保障 保障机制 强化保障
    监督考核 督促落实 工作保障 有关要求 实施保障 监督检查
    """
)

#: What the title of such a document ends with.
TITLE_ENDINGS: Final[tuple[str, ...]] = _words(
    """
    工作要点 要点 实施方案 工作方案 行动方案 方案 实施意见 指导意见 意见 若干措施
    政策措施 措施 工作计划 行动计划 计划 任务分解 分工 分工方案 清单 分工表 分解表
    任务表 安排 规划 办法 细则 政策 重点工作
    """
)

#: Traditional characters met in copies of simplified texts: odd positions traditional, even
#: simplified. Only characters that are never correct in simplified official prose.
TRADITIONAL: Final[str] = (
    "場场個个們们這这來来時时說说會会發发關关開开問问間间門门業业務务產产經经濟济資资"
    "貿贸財财稅税計计設设記记訊讯訓训議议論论許许評评訴诉詢询試试話话該该認认證证識识"
    "調调談谈請请諮咨諾诺講讲謝谢譯译護护讀读變变讓让負负責责費费貨货販贩貫贯貴贵貸贷"
    "購购賞赏賠赔質质賬账賴赖贊赞贈赠車车軍军軌轨軟软轉转輪轮輕轻輔辅較较載载辦办農农"
    "達达過过運运還还進进連连遠远適适選选遷迁遺遗鄉乡鄰邻醫医釋释鐵铁錢钱錄录鋼钢鎮镇"
    "鏈链長长閉闭閱阅闊阔隊队陽阳階阶際际陸陆險险隨随隱隐難难電电靜静響响項项順顺須须"
    "預预領领頭头題题額额願愿類类顯显風风飛飞飲饮養养館馆馬马駐驻驗验體体點点黨党齊齐"
    "龍龙協协單单區区參参號号員员團团園园圖图國国圍围壓压壞坏壟垄聲声處处備备夠够獎奖"
    "學学實实審审對对專专將将導导屬属島岛師师幣币幫帮廠厂廣广應应強强彙汇徑径從从復复"
    "態态慣惯懷怀戰战戶户擔担據据擴扩擇择擬拟擁拥換换損损搶抢攝摄敗败數数斷断於于標标"
    "構构權权機机檔档檢检樣样樹树橋桥歡欢歲岁歸归決决況况減减測测湊凑準准滿满漢汉濃浓"
    "災灾無无熱热營营獨独環环現现監监盡尽確确碼码種种積积穩稳競竞筆笔範范築筑簡简糧粮"
    "紀纪約约紅红級级納纳純纯組组細细終终結结給给統统絡络維维網网綠绿線线編编緊紧緩缓"
    "總总績绩織织繼继續续罰罚職职聯联聽听腦脑臨临與与興兴舊旧藝艺節节藥药號号衛卫補补"
    "裝装製制視视親亲覺觉覽览觀观規规訂订誠诚誤误課课負负輯辑輸输辭辞遞递邊边"
)

#: Doubled characters that are right: a doubled fragment made of them is not noise.
REDUPLICATED: Final[frozenset[str]] = frozenset("人天年月日时处层层村户家个步件条项事样种句字点")

#: Fixed terms; a text that has one of them with a character missing is probably damaged.
#: Third column: spellings that are correct although a character shorter.
FIXED_TERMS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("组合式减税降费", ("组合减税降费",)),
    ("市场准入负面清单", ()),
    ("政府信息公开条例", ()),
    ("国民待遇加负面清单", ("国民待遇负面清单",)),
    ("反不正当竞争", ()),
    ("惠民惠农财政补贴", ()),
    ("政府信息公开专栏", ()),
    ("行政规范性文件", ("行政规范文件",)),
    ("公共企事业单位信息公开", ()),
    ("适老化与无障碍改造", ()),
    ("政务公开工作要点", ()),
)

#: Pinyin syllables without tone, for copies that have the reading inserted after characters.
_INITIAL_FINALS: Final[dict[str, str]] = {
    "": "a ai an ang ao e ei en eng er o ou",
    "b": "a ai an ang ao ei en eng i ian iao ie in ing o u",
    "p": "a ai an ang ao ei en eng i ian iao ie in ing o ou u",
    "m": "a ai an ang ao e ei en eng i ian iao ie in ing iu o ou u",
    "f": "a an ang ei en eng o ou u",
    "d": "a ai an ang ao e ei en eng i ia ian iao ie ing iu ong ou u uan ui un uo",
    "t": "a ai an ang ao e eng i ian iao ie ing ong ou u uan ui un uo",
    "n": "a ai an ang ao e ei en eng i ian iang iao ie in ing iu ong ou u uan uo v ve",
    "l": "a ai an ang ao e ei eng i ia ian iang iao ie in ing iu ong ou u uan un uo v ve",
    "g": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "k": "a ai an ang ao e en eng ong ou u ua uai uan uang ui un uo",
    "h": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "j": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "q": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "x": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "zh": "a ai an ang ao e en eng i ong ou u ua uai uan uang ui un uo",
    "ch": "a ai an ang ao e en eng i ong ou u ua uai uan uang ui un uo",
    "sh": "a ai an ang ao e ei en eng i ou u ua uai uan uang ui un uo",
    "r": "an ang ao e en eng i ong ou u uan ui un uo",
    "z": "a ai an ang ao e ei en eng i ong ou u uan ui un uo",
    "c": "a ai an ang ao e en eng i ong ou u uan ui un uo",
    "s": "a ai an ang ao e en eng i ong ou u uan ui un uo",
    "y": "a an ang ao e i in ing o ong ou u uan ue un",
    "w": "a ai an ang ei en eng o u",
}
PINYIN: Final[frozenset[str]] = frozenset(
    initial + final for initial, finals in _INITIAL_FINALS.items() for final in finals.split()
)
