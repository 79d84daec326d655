"""Names of fictional people: surnames by how frequent they are in the south, given names by sex and generation."""

from random import Random

from personnel.demo.draw import Weighted

SURNAMES = {
    "陈": 105, "黄": 78, "李": 72, "梁": 62, "何": 48, "郭": 30, "林": 40, "冯": 28, "谢": 26, "张": 36,
    "王": 30, "刘": 30, "罗": 22, "郑": 18, "周": 20, "杨": 18, "邓": 18, "卢": 18, "曾": 16, "彭": 14,
    "胡": 14, "麦": 14, "叶": 14, "苏": 13, "潘": 12, "蔡": 12, "韩": 10, "区": 10, "简": 9, "冼": 9,
    "邝": 9, "钟": 12, "朱": 10, "徐": 10, "许": 10, "吴": 24, "赵": 10, "孔": 8, "屈": 8, "关": 8,
    "崔": 6, "莫": 7, "霍": 6, "石": 5, "江": 6, "唐": 7, "蒋": 5, "袁": 5, "廖": 8, "覃": 6,
    "韦": 7, "农": 3, "蒙": 3, "单": 2, "仇": 1, "解": 1, "查": 1, "任": 3, "华": 2, "尹": 3,
    "欧阳": 4, "司徒": 2, "上官": 1, "吕": 3,
}  # fmt: skip
# By sex and by the year of birth up to which they were usual.
GIVEN = {
    "male": (
        (1977, "国建志伟永兆炳耀锦树添锡柏文汉广惠启", "明荣辉权坚球洪华根生强平成忠勇军民祥林", "伟强明坚辉荣华勇"),
        (1994, "俊文伟志健浩嘉永家祖海鸿绍子展振", "杰锋斌威铭彬超宏毅辉乐龙涛豪聪健", "杰锋斌超浩毅威涛"),
        (9999, "梓宇浩俊泽子博嘉晋弘彦思铭", "轩睿霖晟皓航熙谦佑希朗楠", "轩睿航皓晟熙"),
    ),
    "female": (
        (1977, "丽秀玉惠美凤金彩月桂少洁", "英珍燕芳琼莲群妹好娟琴霞兰", "芳英珍燕群娟"),
        (1994, "丽晓慧雪嘉佩咏诗思文燕淑绮", "婷敏静艳仪倩莹欣颖玲华雯", "婷敏静慧莹颖"),
        (9999, "梓欣诗雨思可芷若心钰语", "晴怡萱彤涵悦琪妍桐柔", "彤涵悦妍琪"),
    ),
}
# Names that such a table would hand out by chance and that everybody knows.
WELL_KNOWN = frozenset(
    {
        "李强", "王毅", "刘伟", "李娜", "刘翔", "姚明", "陈龙", "黄晓明", "郭晶晶", "陈静",
        "李宁", "王浩", "李嘉欣", "张继科", "郭文贵", "李文亮", "李铁", "张军", "王超", "谢杰",
        "林丹", "刘涛", "张杰", "谢军", "陈坚", "刘洪", "李志", "杨洋",
    }
)  # fmt: skip
# Uyghur and Tibetan.
OF_OTHERS = {
    "05": (("阿布都", "艾合买", "吐尔逊", "买买提", "依明", "玉素甫"), ("阿依古丽", "热依汗", "古丽娜尔", "帕提古丽")),
    "04": (("扎西", "次仁", "丹增", "多吉"), ("卓玛", "央金", "拉姆", "德吉")),
}
SECOND_HALVES = (("平措", "旺堆"), ("曲珍", "白玛"))
FATHERS = ("艾力", "卡斯木", "沙吾提", "努尔", "伊布拉音")
LATIN = (
    ("Andre", "Minh", "Paolo", "Samuel", "Kofi"),
    ("Maria", "Linh", "Amina", "Grace"),
    ("Tavares", "Nguyen", "Okoro", "Santos"),
)
_SURNAMES = Weighted(SURNAMES)


def full_name(rng: Random, sex: str, birth_year: int) -> str:
    """A Chinese name of two to four characters, as usual for sex and generation."""
    first, second, single = next(letters for until, *letters in GIVEN[sex] if birth_year <= until)
    while True:
        surname = _SURNAMES.draw(rng)
        given = rng.choice(single) if rng.random() < 0.13 else rng.choice(first) + rng.choice(second)
        if surname + given not in WELL_KNOWN:
            return surname + given


def name_of(rng: Random, sex: str, birth_year: int, ethnicity: str | None) -> str:
    """As `full_name`; Uyghurs get a name with a dot, Tibetans one of their own."""
    if ethnicity not in OF_OTHERS:
        return full_name(rng, sex, birth_year)
    own = rng.choice(OF_OTHERS[ethnicity][sex == "female"])
    return f"{own}·{rng.choice(FATHERS)}" if ethnicity == "05" else own + rng.choice(SECOND_HALVES[sex == "female"])


def foreign_name(rng: Random, sex: str) -> str:
    """A name in Latin letters."""
    return f"{rng.choice(LATIN[sex == 'female'])} {rng.choice(LATIN[2])}"
