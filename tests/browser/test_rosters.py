"""Rosters as towns send them: from a messy workbook through questions and corrections to the register, and back."""

import io
from datetime import date

import openpyxl
import pytest
from playwright.sync_api import expect

from tests.personnel.roster.files import xlsx
from tests.personnel.roster.people import HEADER as PLAIN_HEADER
from tests.personnel.roster.people import name, number, person, table

REGION = "440197"  # no demo person has it
BORN = date(1986, 12, 31)
VILLAGES, ROWS = 3, 300
HEADER = [
    ["序号", "村（居）", "姓名", "性别", "身份证号码", "文化程度", "政治面貌", "职务", "入队时间", "联系方式", "",
     "喜好", "备注"],
    ["", "", "", "", "", "", "", "", "", "手机", "邮箱", "", ""],
]  # fmt: skip
FIRST = 5  # the row of the first person, as Excel counts
ALIAS = "河边那个村"
BAD_DIGIT, AS_NUMBER, REPEATED, EDUCATION, ELSEWHERE, BAD_DAY = 10, 20, 30, 140, 150, 270


def citizen(serial):
    return number(serial, BORN, REGION)


def off_by_one(text):
    return text[:17] + ("1" if text[17] != "1" else "2")


def messy(villages, known):
    """A workbook of three villages. `known` is (name, ID number) of somebody who serves in a fourth one."""
    rows = [["某街道联防队员花名册（演示）"], [], *HEADER]
    merged = ["A1:M1", "J3:K3", *(f"{letter}3:{letter}4" for letter in "ABCDEFGHILM")]
    size = ROWS // VILLAGES
    for n in range(1, ROWS + 1):
        village = villages[(n - 1) // size] if n % size == 1 else None
        row = [n, village, name(n), "男" if n % 2 else "女", citizen(n), "高中", "群众", "队员", "2014.7.1"]
        rows.append([*row, f"138{n:08d}", "", "", ""])
    for at in range(VILLAGES):
        merged.append(f"B{FIRST + at * size}:B{FIRST + (at + 1) * size - 1}")
    for n, column, value in (
        (BAD_DIGIT, "E", off_by_one(citizen(BAD_DIGIT))),
        (AS_NUMBER, "E", float(citizen(AS_NUMBER)[:15] + "000")),
        (REPEATED, "D", "男"),
        (REPEATED, "E", citizen(5)),
        (EDUCATION, "F", "扫盲班"),
        (ELSEWHERE, "C", known[0]),
        (ELSEWHERE, "D", "男" if int(known[1][16]) % 2 else "女"),
        (ELSEWHERE, "E", known[1]),
        (BAD_DAY, "I", "2014-06-31"),
        (3, "L", "足球"),
    ):
        rows[n + FIRST - 2]["ABCDEFGHIJKLM".index(column)] = value
    rows += [["合计", "", "300人"], ["制表人：陈试用", "", "", "", "审核人：李试用"]]
    return xlsx({"花名册": rows}, merged={"花名册": merged})


@pytest.fixture
def sent():
    """Sends a workbook by the form: sent(window, bytes, "file.xlsx")."""

    def send(window, data, file_name="花名册.xlsx"):
        window.goto("/personnel/rosterimport/add/")
        window.set_input_files(
            "[name=file]", {"name": file_name, "mimeType": "application/octet-stream", "buffer": data}
        )
        window.get_by_role("button", name="读取并预览").click()
        return window

    return send


def somebody_of(window, unit):
    """(name, ID number) of a full-time member of the joint defence of that village."""
    window.goto(f"/personnel/card/?unit={unit}&force=joint_defence")
    window.locator("#result_list tbody a").first.click()
    return window.input_value("#id_name"), window.locator(".field-shown_number .readonly").first.inner_text()


def counted(window):
    """{fate: rows} as the numbers above the table say."""
    texts = [text.split() for text in window.locator(".roster-counts a").all_inner_texts()]
    return {words[0]: int(words[1]) for words in texts}


def answer(window, about, choice):
    """Choose the answer of the question that says `about`."""
    question = window.locator(".roster-question", has_text=about)
    question.locator("select").select_option(**choice)


def row(window, serial):
    return window.locator(f"#r0-{serial + FIRST - 1}")


def downloaded(window, button):
    with window.expect_download() as download:
        window.get_by_role("button", name=button).first.click()
    return openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes())), download.value.suggested_filename


def as_bytes(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_messy_roster_of_three_villages_from_upload_to_undo(page, sent, accessible):
    window = page("town")
    window.goto("/personnel/rosterimport/add/")
    accessible(window)
    units = [(one.get_attribute("value"), one.inner_text()) for one in window.locator("[name=unit_code] option").all()]
    villages = units[1:4]
    elsewhere = units[5]
    known = somebody_of(window, elsewhere[0])
    data = messy([villages[0][1], villages[1][1], ALIAS], known)

    sent(window, data)
    assert counted(window) == {"全部": 300, "新增": 195, "退回": 4, "待确认": 101}
    expect(window.locator("#next h2")).to_contain_text("4个问题")
    expect(window.get_by_role("button", name="确认导入")).to_have_count(0)
    answer(window, "喜好", {"value": "ignore"})
    answer(window, "扫盲班", {"label": "小学毕业"})
    answer(window, f"现为{elsewhere[1]}", {"value": "transfer"})
    answer(window, ALIAS, {"label": villages[2][1]})
    window.get_by_role("button", name="提交选择").click()
    assert counted(window) == {"全部": 300, "新增": 295, "退回": 4, "略过": 1}
    expect(window.locator("#next")).to_contain_text("有两个办法")

    window.get_by_role("link", name="查看这些行").click()
    expect(window.locator(".roster-table tbody tr")).to_have_count(4)
    expect(row(window, BAD_DIGIT)).to_contain_text("校验码")
    expect(row(window, AS_NUMBER)).to_contain_text("已被Excel转成数字")
    expect(row(window, REPEATED)).to_contain_text(f"与第{5 + FIRST - 1}行")
    expect(row(window, BAD_DAY)).to_contain_text("日期无效")
    accessible(window)
    row(window, BAD_DIGIT).get_by_role("link", name="更正").click()
    accessible(window)
    assert window.evaluate("document.activeElement.value") == off_by_one(citizen(BAD_DIGIT))
    window.fill("[name=c4]", citizen(BAD_DIGIT))
    window.get_by_role("button", name="保存并重新核对").click()
    expect(window.locator(".messagelist")).to_contain_text(f"第{BAD_DIGIT + FIRST - 1}行已更正：新增")
    row(window, REPEATED).get_by_role("button", name="略过").click()
    assert counted(window) == {"全部": 300, "新增": 296, "退回": 2, "略过": 2}

    window.get_by_role("link", name="全部").click()
    expect(row(window, 2)).to_contain_text(villages[0][1])  # of the merged cell above
    window.get_by_role("link", name="下一页").click()
    expect(window.locator(".roster-pages")).to_contain_text("第2页，共6页")
    expect(row(window, 51)).to_be_visible()
    window.get_by_role("link", name="略过 2").click()
    expect(row(window, ELSEWHERE)).to_contain_text(known[0])
    expect(window.locator(".roster-table tbody tr")).to_have_count(2)

    window.get_by_role("button", name="先导入合格的296行").first.click()
    expect(window.locator(".messagelist")).to_contain_text("新增296人")
    expect(window.locator("#next h2")).to_contain_text("2行")
    accessible(window)
    record = window.url
    window.locator(".roster-table tbody a").first.click()
    assert window.input_value("#id_name") == name(1)
    window.goto(record)

    book, file_name = downloaded(window, "下载待更正的行")
    sheet = book["花名册"]
    assert "待更正" in file_name
    assert (sheet.max_row, sheet.cell(1, 14).value, sheet.cell(1, 15).value) == (3, "错误说明", "原行号")
    assert [sheet.cell(each, 2).value for each in (2, 3)] == [villages[0][1], ALIAS]
    sheet.cell(2, 5).value = citizen(AS_NUMBER)
    sheet.cell(3, 9).value = "2014-06-30"
    sent(window, as_bytes(book), file_name)
    assert counted(window) == {"全部": 2, "新增": 2}  # the answers of before hold
    window.get_by_role("button", name="确认导入").first.click()
    expect(window.locator(".messagelist")).to_contain_text("新增2人")

    sent(window, data)
    expect(window.locator(".messagelist")).to_contain_text("该文件已于")
    assert counted(window)["未变"] == 295  # the row that was corrected here is still wrong in the file

    window.goto(record)
    window.get_by_role("button", name="撤销这次导入").click()
    expect(window.locator("#content")).to_contain_text("296人将被删去")
    accessible(window)
    window.get_by_role("button", name="确定撤销").click()
    expect(window.locator(".messagelist")).to_contain_text("收回296行")
    expect(window.locator(".roster-facts")).to_contain_text("已撤销")
    expect(window.locator(".roster-table tbody a")).to_have_count(0)


def small(born, serials=(1, 2)):
    return table(
        [person(n, 身份证号=number(n, born, REGION), 联系电话=f"139{born:%m%d}{n:04d}") for n in serials], PLAIN_HEADER
    )


def test_pasted_cells_go_the_same_way_and_no_script_is_needed(page):
    window = page("village", java_script_enabled=False)
    window.goto("/personnel/rosterimport/add/")
    window.locator("summary", has_text="粘贴单元格").click()
    rows = small(date(1987, 12, 30))
    window.fill("[name=pasted]", "\n".join("\t".join(map(str, cells)) for cells in rows))
    window.get_by_role("button", name="读取并预览").click()
    assert counted(window) == {"全部": 2, "新增": 2}
    window.get_by_role("button", name="略过").first.click()
    assert counted(window) == {"全部": 2, "新增": 1, "略过": 1}
    window.get_by_role("button", name="恢复此行").first.click()
    window.get_by_role("button", name="确认导入").first.click()
    expect(window.locator(".messagelist")).to_contain_text("新增2人")


def test_two_clicks_and_two_tabs_give_one_import(page, sent):
    first = page("village")
    sent(first, xlsx({"花名册": small(date(1987, 12, 29))}))
    second = first.context.new_page()
    second.goto(first.url)
    first.get_by_role("button", name="确认导入").first.dblclick(no_wait_after=True)
    expect(first.locator(".roster-facts")).to_contain_text("已导入")
    assert counted(first) == {"全部": 2, "新增": 2}
    second.get_by_role("button", name="确认导入").first.click()
    expect(second.locator(".messagelist")).to_contain_text("这份花名册已于")
    second.goto("/personnel/card/")
    for serial in (1, 2):
        second.fill("#searchbar", number(serial, date(1987, 12, 29), REGION))
        second.press("#searchbar", "Enter")
        expect(second.locator("#id_name")).to_have_value(name(serial))  # one file, or the list would be shown
        second.goto("/personnel/card/")


def test_a_file_that_is_no_roster_is_refused_in_one_sentence_and_the_choices_stay(page, sent):
    window = page("town")
    window.goto("/personnel/rosterimport/add/")
    village = window.locator("[name=unit_code] option").nth(2).get_attribute("value")
    window.select_option("[name=unit_code]", village)
    window.select_option("[name=force]", "volunteer")
    window.check("[name=is_whole]")
    file = {"name": "照片.xlsx", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n" + bytes(200)}
    window.set_input_files("[name=file]", file)
    window.get_by_role("button", name="读取并预览").click()
    expect(window.locator(".errorlist li")).to_have_count(1)
    assert window.input_value("[name=unit_code]") == village
    assert window.input_value("[name=force]") == "volunteer"
    assert window.is_checked("[name=is_whole]")


def test_an_undo_is_refused_by_name_when_a_file_was_changed_since(page, sent, complaints):
    window = page("village")
    sent(window, xlsx({"花名册": small(date(1987, 12, 28))}))
    window.get_by_role("button", name="确认导入").first.click()
    record = window.url
    window.get_by_role("link", name=name(2)).click()
    window.fill("#id_address", "穗安区一号")
    window.click("[name=_save]")
    window.goto(record)
    window.get_by_role("button", name="撤销这次导入").click()
    window.get_by_role("button", name="确定撤销").click()
    expect(window.locator(".errornote")).to_contain_text("没有撤销")
    assert window.locator("#content li").all_inner_texts()[0].startswith(name(2))
    assert all("409" in one for one in complaints)
    complaints.clear()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_preview_fits_a_telephone(page, sent, accessible, scheme):
    window = page("village", width=390, height=844, color_scheme=scheme)
    rows = small(date(1987, 12, 27))
    rows[1][3] = off_by_one(rows[1][3])
    rows[2][2] = "男"
    sent(window, xlsx({"花名册": rows}))
    expect(window.locator("#next h2")).to_contain_text("1个问题")
    assert window.evaluate("document.documentElement.scrollWidth <= innerWidth")
    accessible(window)
    window.goto("/")
    expect(window.locator(".todo").first).to_contain_text("待确认的花名册")
