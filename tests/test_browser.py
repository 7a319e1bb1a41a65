"""The pages as a person uses them, in a real Chromium: upload, go from a finding to its place, write, search.

The pictures of the last runs lie in pytest's folder for temporary files, or in $OBJECTION_DOCS_SHOTS.
"""

import io
import os
import re
import shutil
import threading
import zipfile
from datetime import datetime, timezone
from pathlib import Path

import pdfplumber
import pytest
from argon2 import PasswordHasher
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

from objection_docs import accounts_desk, desk
from objection_docs.accounts import users
from objection_docs.service import server
from objection_docs.settings import ServiceSettings
from objection_docs.text import normal

ROOT = Path(__file__).resolve().parent.parent
DEFICIENT = ROOT / "examples" / "deficient_notice.pdf"
WORD = ROOT / "tests" / "letters" / "known" / "d1-08.docx"
NAME, PASSWORD = "王管", "打开浏览器检查异议文书的密码"
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
SERIOUS = ("serious", "critical")


def program() -> str:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    assert found, "these tests need Chromium: apt-get install chromium"
    return found


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """The folder of the log, for all tests here: each adds to it, as people do."""
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("browser") / "home"
        patch.setenv("OBJECTION_DOCS_HOME", str(home))
        cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr(users, "hasher", lambda: cheap)
        users._nobody.cache_clear()
        accounts_desk.add_user(NAME, "admin", now=datetime.now(timezone.utc), who="", password=PASSWORD, home=home)
        yield home


@pytest.fixture(scope="module")
def base(place):
    running = server.open_server(ServiceSettings(port=0), {"HOME": place, "FENCE": None})
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{running.port}"
    running.shutdown()
    thread.join()
    running.server_close()


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=program(), args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture(scope="module")
def signed_in(browser, base):
    """The cookies of somebody who signed in by the page."""
    context = browser.new_context(base_url=base)
    page = context.new_page()
    page.goto("/")
    expect(page).to_have_title(re.compile("登录"))
    page.get_by_label("用户名").fill(NAME)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="检查文书")).to_be_visible()
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def opened(browser, base, signed_in):
    """Makes pages; at the end no page may have met an error, a breach of the content policy or another host."""
    contexts, wrong = [], []

    def make(viewport=DESK, **more):
        context = browser.new_context(
            base_url=base, storage_state=signed_in, viewport=viewport, locale="zh-CN", reduced_motion="reduce", **more
        )
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if "Content Security" in said.text else None)
        page.on("request", lambda asked: None if asked.url.startswith(base) else wrong.append(asked.url))
        return page

    yield make
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture(scope="module")
def shot(tmp_path_factory):
    folder = Path(os.environ.get("OBJECTION_DOCS_SHOTS") or tmp_path_factory.mktemp("shots"))
    folder.mkdir(parents=True, exist_ok=True)
    return lambda page, name: page.screenshot(path=folder / f"{name}.png")


@pytest.fixture(scope="module")
def report(browser, base, signed_in):
    """The address of a checked letter's page."""
    context = browser.new_context(base_url=base, storage_state=signed_in)
    page = context.new_page()
    address = upload(page, DEFICIENT)
    context.close()
    return address


def upload(page, path, case="") -> str:
    page.goto("/")
    page.get_by_label("文件").set_input_files(path)
    page.get_by_label("案件").fill(case)
    page.get_by_role("button", name="开始检查").click()
    page.wait_for_url("**/log/*")
    return page.url


def test_a_finding_leads_to_its_box_on_the_page_and_back(opened, shot):
    page = opened()
    upload(page, DEFICIENT)
    expect(page.get_by_text("5 项必需要素须补正")).to_be_visible()
    picture = page.get_by_alt_text("第 1 页")
    page.wait_for_function("document.querySelector('.leaf img').naturalWidth > 0")
    page.locator("#f-evidence").get_by_role("link", name="看原处").click()
    box = page.locator("#p-evidence")
    expect(box).to_have_class(re.compile("shown"))
    expect(box).to_be_in_viewport()
    expect(box).to_be_focused()
    # the box lies where the words are: the last rectangle, measured against the picture
    on_screen, leaf = box.locator("rect").last.bounding_box(), picture.bounding_box()
    report, _ = desk.examine(DEFICIENT.read_bytes(), "x.pdf")
    x0, top, _, bottom = next(e for e in report["elements"] if e["id"] == "evidence")["boxes"][-1]
    scale = leaf["width"] / 612
    assert on_screen["x"] - leaf["x"] == pytest.approx(x0 * scale, abs=4)
    assert on_screen["y"] - leaf["y"] == pytest.approx(top * scale, abs=4)
    assert on_screen["height"] == pytest.approx((bottom - top) * scale, abs=5)
    shot(page, "finding")
    page.locator("#p-clauses rect").first.click()
    finding = page.locator("#f-clauses")
    expect(finding).to_be_in_viewport()
    expect(finding).to_be_focused()


def test_the_keyboard_alone_goes_to_the_place_and_back(opened, report):
    page = opened()
    page.goto(report)
    link = page.locator("#f-date").get_by_role("link", name="看原处")
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#p-date")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#f-date")).to_be_focused()


def test_only_what_is_wanting_advice_copied_a_finding_accepted(opened, report, shot):
    page = opened()
    page.goto(report)
    page.get_by_label("只看须补正的").check()
    expect(page.locator("#f-sender")).to_be_hidden()
    expect(page.locator("#f-remedies")).to_be_visible()
    page.locator("#f-remedies").get_by_role("button", name="复制补写建议").click()
    expect(page.get_by_role("button", name="已复制")).to_be_visible()
    assert "更换全部不合格品" in page.evaluate("navigator.clipboard.readText()")
    accepting = page.locator("#f-evidence .accept")
    accepting.locator("summary").click()
    accepting.get_by_label("理由").fill("证据已当面交付")
    accepting.get_by_role("button", name="记下").click()
    settled = page.locator("#f-evidence")
    expect(settled.get_by_text("已接受：证据已当面交付")).to_be_in_viewport()
    expect(page.get_by_text("4 项必需要素须补正")).to_be_visible()
    expect(page.get_by_label("只看须补正的")).to_be_checked()
    expect(page.locator("#f-sender")).to_be_hidden()
    shot(page, "accepted")
    page.locator("#p-sender rect").first.click()  # a place leads to its finding all the same
    expect(page.locator("#f-sender")).to_be_in_viewport()
    page.goto(report)
    expect(settled).to_be_hidden()
    page.get_by_label("只看须补正的").uncheck()
    settled.locator("summary", has_text="撤回接受").click()
    settled.get_by_label("理由").fill("交付的不是原件")
    settled.get_by_role("button", name="记下").click()
    expect(settled.locator("summary", has_text="可以接受")).to_be_in_viewport()
    expect(page.get_by_text("5 项必需要素须补正")).to_be_visible()
    expect(page.get_by_label("只看须补正的")).not_to_be_checked()


def test_in_a_text_all_words_of_a_finding_are_lit_and_lead_back(opened, shot, tmp_path):
    page, now = opened(), datetime.now(timezone.utc)
    letter = desk.generate("objection_notice", desk.sample("objection_notice"), now=now, log=False)
    (tmp_path / "异议.docx").write_bytes(letter.docx)
    upload(page, tmp_path / "异议.docx")
    contact = page.locator("#f-sender_contact")
    quoted = contact.locator("q").inner_text().strip("“”").removesuffix("……")
    contact.get_by_role("link", name="看原处").click()
    lit = page.locator(".quoted.shown")
    words = "".join(lit.all_text_contents())
    assert "\n" in words and "".join(words.split()).startswith("".join(quoted.split()))
    expect(lit.first).to_be_in_viewport()
    expect(lit.first).to_be_focused()
    shot(page, "word-lit")
    lit.last.click()  # leads back to where one came from
    expect(contact).to_be_focused()
    page.locator("#p-sender").click()
    expect(page.locator("#f-sender")).to_be_focused()
    for finding in page.locator(".element:has(.go)").all():
        finding.locator(".go").focus()
        page.keyboard.press("Enter")
        expect(page.locator(".quoted:focus")).to_be_in_viewport()
        page.keyboard.press("Enter")
        expect(finding).to_be_focused()


def test_the_page_to_try_the_api_speaks_chinese_where_it_changes(opened):
    page = opened()
    page.goto("/api/v1/docs")
    page.get_by_role("button", name="试一试").or_(page.locator(".opblock-summary-control")).first.click()
    page.get_by_role("button", name="试一试").first.click()
    expect(page.get_by_role("button", name="取消").first).to_be_visible()


def test_files_dropped_show_the_progress_of_each(opened, shot):
    page = opened()
    page.goto("/")
    files = [(path.name, list(path.read_bytes())) for path in (DEFICIENT, WORD)] + [("空.pdf", [])]
    dropped = page.evaluate_handle(
        """files => {
            const all = new DataTransfer();
            for (const [name, bytes] of files) all.items.add(new File([new Uint8Array(bytes)], name));
            return all;
        }""",
        files,
    )
    page.dispatch_event("#drop", "drop", {"dataTransfer": dropped})
    expect(page.get_by_role("status")).to_contain_text("3 份检查完毕：完整 0 份，其余 3 份请点开查看")
    items = page.locator("#files li")
    expect(items).to_have_count(3)
    expect(items.nth(0)).to_contain_text("不完整")
    expect(items.nth(2)).to_contain_text("文件是空的")
    shot(page, "progress")
    items.nth(1).get_by_role("link").click()
    expect(page.get_by_role("region", name="文书全文")).to_be_visible()
    page.locator(".go").first.click()
    expect(page.locator(".quoted.shown")).to_be_in_viewport()
    shot(page, "word")


def test_a_mistake_in_the_form_is_told_at_its_field_and_mended(opened, place, shot):
    page = opened()
    page.goto("/write")
    page.get_by_role("button", name=re.compile("填写 ?异议通知")).click()
    page.get_by_role("link", name="填入一份样例看看").click()
    expect(page.locator("#preview")).to_contain_text("宁波恒泰机械有限公司")
    page.locator("#case").fill("案-浏览器")
    page.get_by_label("相对方名称").fill("杭州新对手有限公司")
    expect(page.locator("#preview")).to_contain_text("杭州新对手有限公司")  # the letter follows the typing
    page.get_by_role("button", name=re.compile("再加一项 ?证据材料")).click()
    added = page.locator("#f-evidence .item").last
    added.get_by_label("材料名称").fill("新添的照片")
    page.locator("#f-evidence .item").first.get_by_role("button", name="删去这一项").click()
    page.get_by_label("提出方名称").fill("")
    page.locator("#f-remedies-2-amount").fill("三万")
    page.get_by_role("button", name="生成正式文书").click()
    faults = page.get_by_role("alert")
    expect(faults).to_contain_text("有 2 处要改")
    expect(page.locator("#preview")).to_contain_text("杭州新对手有限公司")  # what is sound is shown all the same
    expect(page.locator("#preview-state")).to_contain_text("有 1 处写法不对")
    page.locator("#f-remedies-2-amount").fill("31200")
    shot(page, "form-fault")
    faults.get_by_role("link", name="提出方名称").click()
    field = page.get_by_label("提出方名称")
    expect(field).to_be_in_viewport()
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill("宁波恒泰机械有限公司")
    page.get_by_role("button", name="生成正式文书").click()
    page.wait_for_url("**/log/*")
    expect(page.get_by_role("link", name="下载 Word")).to_be_visible()
    letter = desk.show(page.url.rsplit("/", 1)[1], home=place)
    assert "新添的照片" in letter.text and "杭州新对手有限公司" in letter.text and "送货单" not in letter.text
    assert letter.case_id == "案-浏览器" and letter.who == NAME
    shot(page, "written")


def test_what_hangs_on_a_choice_shows_when_it_applies(opened):
    page = opened()
    page.goto("/write/acknowledgement")
    reason = page.get_by_label("受理意见的理由")
    expect(reason).to_be_hidden()
    page.locator("#f-acceptance").select_option("rejected")
    expect(reason).to_be_visible()


def test_the_preview_is_drawn_as_it_prints(opened, shot):
    page = opened()
    page.goto("/write/objection_notice?sample=1")
    page.get_by_role("button", name="看版面").click()
    expect(page.locator("#pictures canvas").first).to_be_visible(timeout=60_000)
    expect(page.get_by_role("status")).to_contain_text("版面如下", timeout=60_000)
    shot(page, "preview")


REPLY = """异议处理回复
宁波恒泰机械有限公司：
贵公司关于电主轴端面径向跳动超差的异议收悉，现答复如下。
一、关于18套电主轴端面径向跳动超差，经双方共同复测，16套为0.006毫米至0.009毫米，超过约定，异议成立。
二、我公司将于2026年3月27日前无偿更换16套电主轴。
苏州明远精密制造有限公司（盖章）
2026年3月19日
"""


def test_from_a_notice_received_to_the_next_letter_and_a_reply_beside_it(opened, place, shot, tmp_path):
    page = opened()
    page.goto("/")
    page.get_by_label("案件").fill("案-来文")
    page.get_by_label("文件").set_input_files(DEFICIENT)
    page.get_by_role("button", name="开始检查").click()
    page.wait_for_url("**/log/*")
    notice = page.url
    page.get_by_role("link", name="写补正通知").click()
    expect(page.locator("#f-recipient")).to_have_value("宁波恒泰机械有限公司")
    page.get_by_role("link", name="补正期限").click()
    expect(page.locator("#f-supplement_by")).to_be_focused()
    page.locator("#f-supplement_by").fill("2026-03-20")
    page.locator("#f-notice_date").fill("2026-03-05")
    expect(page.locator("#preview")).to_contain_text("请于2026年3月20日前")
    page.get_by_role("button", name="生成正式文书").click()
    faults = page.get_by_role("alert")
    expect(faults).to_contain_text("有 2 处要改")
    shot(page, "next-faults")
    page.get_by_label("签字人身份").select_option("agent")
    page.get_by_label("签字人姓名").fill("顾文清")
    page.get_by_role("button", name="生成正式文书").click()
    page.wait_for_url("**/log/*")
    letter = desk.show(page.url.rsplit("/", 1)[1], home=place)
    assert (letter.kind, letter.case_id, letter.who) == ("supplement_notice", "案-来文", NAME)

    (tmp_path / "回复.txt").write_text(REPLY, "utf-8")
    page.goto("/")
    page.get_by_label("案件").fill("案-来文")
    page.get_by_label("文件").set_input_files(tmp_path / "回复.txt")
    page.get_by_role("button", name="开始检查").click()
    page.wait_for_url("**/log/*")
    page.get_by_role("link", name="与来函对照").click()
    expect(page.get_by_text("同案")).to_be_visible()
    page.locator(f'a[href$="/against/{notice.rsplit("/", 1)[1]}"]').click()
    expect(page.get_by_role("heading", name="与来函对照")).to_be_visible()
    both = page.get_by_role("button", name="两处一起看").first
    both.focus()
    page.keyboard.press("Enter")
    for side in ("n", "a"):
        shown = page.locator(f".shown[id^='p-{side}']")
        expect(shown).to_have_count(1)
        expect(shown).to_be_in_viewport()
    expect(both).to_be_focused()
    shot(page, "against")
    found = Axe().run(page).response["violations"]
    page.set_viewport_size(PHONE)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
    both.click()
    expect(page.locator(".shown[id^='p-n']")).to_be_in_viewport()
    shot(page, "against-phone")
    for address in (notice, page.url, notice.replace("/log/", "/write/disposition_reply?answers=")):
        page.goto(address)
        found += Axe().run(page).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"][:120]) for v in found if v["impact"] in SERIOUS] == []


@pytest.mark.parametrize("look", ("dark", "phone"))
def test_the_next_version_stands_beside_the_one_before(opened, shot, tmp_path, look):
    page = opened(**LOOKS[look])
    first = upload(page, DEFICIENT)
    page.get_by_role("link", name="检查修改后的一版").click()
    expect(page.get_by_role("heading", name="检查修改后的一版")).to_be_visible()
    mended = tmp_path / "二稿.docx"
    facts = desk.sample("objection_notice")
    mended.write_bytes(desk.generate("objection_notice", facts, now=datetime.now(timezone.utc), log=False).docx)
    page.get_by_label("文件").set_input_files(mended)
    page.get_by_role("button", name="开始检查").click()
    expect(page.get_by_role("region", name="与上一版相比")).to_contain_text("改好")
    shot(page, f"{look}-version")
    found, second = wrongs(page), page.url
    page.locator(".facts div", has_text="上一版").get_by_role("link").click()
    page.wait_for_url(first)
    link = page.locator(".facts div", has_text="下一版").get_by_role("link", name="二稿.docx")
    link.scroll_into_view_if_needed()
    shot(page, f"{look}-version-before")
    found += wrongs(page)
    link.click()
    page.wait_for_url(second)
    assert found == []


def test_a_search_finds_the_letter(opened, report, shot):
    page = opened()
    page.goto("/")
    page.get_by_role("link", name="档案").click()
    page.get_by_label("查找").fill("尽快妥善处理")
    page.get_by_role("button", name="查找").click()
    expect(page.locator(".snippet").first).to_contain_text("尽快妥善处理")
    expect(page.locator(".snippet mark").first).to_have_text("尽快妥善处理")
    shot(page, "search")
    with page.expect_download() as exported:
        page.get_by_role("button", name=re.compile("导出移交包")).click()
    assert exported.value.suggested_filename.startswith("移交包") and zipfile.is_zipfile(exported.value.path())
    page.locator(".list a").first.click()
    expect(page.get_by_role("heading", name="存档记录")).to_be_visible()
    page.get_by_role("button", name="核验这一条").click()
    expect(page.locator(".badge.missing")).to_have_count(0)
    expect(page.locator(".badge.present").first).to_have_text("通过")


def test_all_works_without_scripts(opened):
    page = opened(java_script_enabled=False)
    upload(page, DEFICIENT)
    expect(page.get_by_role("button", name="复制补写建议")).to_have_count(0)
    page.locator("#f-evidence").get_by_role("link", name="看原处").click()
    expect(page.locator("#p-evidence")).to_be_in_viewport()
    page.goto("/write/objection_notice?sample=1")
    page.get_by_role("button", name=re.compile("再加一项 ?证据材料")).click()
    expect(page.locator("#f-evidence .item")).to_have_count(6)


def test_an_archivist_keeps_a_letter_and_three_persons_end_it(browser, base, place, opened, shot):
    page = opened()
    address, case = upload(page, DEFICIENT, case="案-期满"), "案-期满"
    page.get_by_text("送达凭证：挂号信").click()
    page.get_by_label("送达方式").select_option(label="快递")
    page.get_by_label("单号或邮件标识").fill("SF1024")
    page.get_by_label("送达或签收的日期").fill("1990-01-02")
    page.get_by_label("回执、签收单").set_input_files(DEFICIENT)
    page.get_by_role("button", name="记下送达").click()
    expect(page.locator(".history")).to_contain_text("快递 SF1024 1990-01-02")
    with page.expect_download() as proof:
        page.get_by_role("link", name="下载附件").click()
    assert proof.value.path().read_bytes() == DEFICIENT.read_bytes()
    page.get_by_role("link", name=case).click()
    found = wrongs(page)
    page.reload()
    page.get_by_text("冻结与解除").click()
    page.get_by_label("冻结的理由").fill("对方可能起诉")
    page.get_by_role("button", name="冻结", exact=True).click()
    page.locator("summary", has_text="结案").click()
    page.get_by_label("结案日期").fill("1990-01-02")
    page.get_by_role("button", name="结案", exact=True).click()
    expect(page.get_by_text("1990-01-02 结案，保管期限从这一天起算")).to_be_visible()
    page.get_by_text("冻结与解除").click()
    shot(page, "case-held")
    found += wrongs(page)
    page.goto("/keeping")
    expect(page.get_by_role("cell", name="已冻结")).to_be_visible()
    page.get_by_role("link", name=case).last.click()
    page.get_by_text("冻结与解除").click()
    page.get_by_label("解除的理由").fill("时效已过")
    page.get_by_role("button", name="解除冻结").click()
    page.get_by_role("link", name="档案").click()
    page.get_by_role("link", name="保管与销毁").click()
    page.get_by_role("checkbox", name=re.compile("列入")).check()
    shot(page, "keeping")
    found += wrongs(page)
    page.get_by_role("button", name="列入勾选的文书").click()
    expect(page.get_by_text("这份清册是您提出的")).to_be_visible()
    listed = page.url
    for name in ("李档", "赵档"):
        other = signed(browser, base, place, name)
        other.goto(listed)
        shot(other, f"approve-{name}")
        found += wrongs(other)
        other.get_by_role("button", name=re.compile("同意销毁这 1 份文书")).click()
        expect(other.locator(".history")).to_contain_text(name)
        other.context.close()
    legal = signed(browser, base, place, "孙律", "legal")
    for path in (listed, "/keeping"):
        legal.goto(path)
        expect(legal.get_by_text("由档案或管理人员").or_(legal.get_by_text("已冻结或已在清册"))).to_be_visible()
        expect(legal.get_by_role("button")).to_have_count(0)
        found += wrongs(legal)
    shot(legal, "keeping-legal")
    legal.context.close()
    page.goto(listed)
    page.get_by_label("我知道销毁后不能恢复").check()
    shot(page, "execute")
    found += wrongs(page)
    page.get_by_role("button", name="执行销毁").click()
    expect(page.locator("h1")).to_contain_text("已执行")
    shot(page, "destroyed-list")
    page.goto(address)
    expect(page.get_by_text("只留下记录和指纹").first).to_be_visible()
    shot(page, "destroyed")
    assert found == []


def signed(browser, base, place, name, role="archivist"):
    """A page of somebody else, who is signed in."""
    now = datetime.now(timezone.utc)
    accounts_desk.add_user(name, role, now=now, who=NAME, password=PASSWORD, home=place)
    page = browser.new_context(base_url=base).new_page()
    page.goto("/signin")
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="检查文书")).to_be_visible()
    return page


def test_a_webhook_is_set_up_and_tried(opened, shot):
    page = opened()
    page.goto("/admin")
    page.get_by_role("link", name="Webhook").click()
    page.get_by_label("地址").fill("https://hooks.example.com/in")
    page.get_by_role("button", name="登记，并取得密钥").click()
    expect(page.get_by_role("status")).to_contain_text("whsec_")
    shot(page, "webhook-made")
    page.get_by_role("link", name="去试投一条").click()
    page.get_by_role("button", name="试投一条").click()
    expect(page.get_by_role("cell", name="待投递")).to_be_visible()
    shot(page, "webhook")
    page.set_viewport_size(PHONE)
    assert wrongs(page) == []


def wrongs(page) -> list:
    """What axe finds on the page with all that is folded away in sight; and whether it is wider than the screen."""
    page.evaluate("document.querySelectorAll('details').forEach((folded) => (folded.open = true))")
    violations = Axe().run(page).response["violations"]
    found = [(page.url, v["id"], v["nodes"][0]["html"][:120]) for v in violations if v["impact"] in SERIOUS]
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return found + ([(page.url, "wider than the screen", wide)] if wide > 0 else [])


PAGES = (
    "/",
    "/write",
    "/write/disposition_reply",
    "/log",
    "/log?least=三万",
    "/log/statistics",
    "/cases",
    "/cases/none-yet",
    "/keeping",
    "/admin",
    "/admin/webhooks",
    "/admin/settings",
    "/admin/audit",
    "/me",
    "/nothing",
    "report",
)
LOOKS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"color_scheme": "light", "viewport": PHONE},
}


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_no_serious_fault(opened, report, shot, look):
    page, found = opened(**LOOKS[look]), []
    for path in PAGES:
        page.goto(report if path == "report" else path)
        shot(page, f"{look}-{path.strip('/').replace('/', '-') or 'check'}")
        found += wrongs(page)
    assert found == []


@pytest.mark.parametrize("look", ("dark", "phone"))
def test_a_refused_form_comes_back_with_the_focus_on_its_fault(opened, shot, look):
    page, found, case = opened(**LOOKS[look]), [], f"案-退回-{look}"
    upload(page, DEFICIENT, case=case)

    def refused(name, control, said):
        expect(page).to_have_title(re.compile("^没有完成："))
        expect(control).to_be_focused()
        expect(control).to_be_in_viewport()
        expect(control).to_have_accessible_description(re.compile(said))
        shot(page, f"{look}-refused-{name}")
        found.extend(wrongs(page))

    page.get_by_text("送达凭证：挂号信").click()
    page.get_by_label("送达方式").select_option(label="快递")
    page.get_by_label("单号或邮件标识").fill("SF1024")
    page.evaluate("document.getElementById('s-on').type = 'text'")  # as browsers that know no field for dates
    page.get_by_label("送达或签收的日期").fill("3月4日")
    page.get_by_role("button", name="记下送达").click()
    refused("letter", page.get_by_label("送达或签收的日期"), "日期应写成 2026-03-05 这样")
    expect(page.get_by_label("送达或签收的日期")).to_have_value("3月4日")
    expect(page.get_by_label("单号或邮件标识")).to_have_value("SF1024")
    page.get_by_label("送达或签收的日期").fill("2026-03-04")
    page.get_by_role("button", name="记下送达").click()
    expect(page.locator(".history")).to_contain_text("快递 SF1024 2026-03-04")
    page.goto(f"/cases/{case}")
    page.get_by_label("程序").select_option("contract_objection_notice")
    page.get_by_role("button", name="记下设置").click()
    page.locator("summary", has_text="记入日期").click()
    page.locator("#e-event").select_option(index=1)
    page.get_by_label("从哪里知道").fill("回执")
    page.get_by_role("button", name="记入日期").click()
    refused("case", page.get_by_label("日期", exact=True), "请填写日期")
    expect(page.get_by_label("从哪里知道")).to_have_value("回执")
    page.goto("/admin")
    page.get_by_label("用户名").fill("张:敏")
    page.get_by_role("button", name="新增，并取得设置密码的链接").click()
    refused("user", page.get_by_label("用户名"), "不能有冒号")
    page.get_by_label("用途").fill("案件系统")
    page.get_by_role("button", name="新增密钥").click()
    refused("key", page.get_by_label("生成文书"), "权限应为")
    expect(page.get_by_label("用途")).to_have_value("案件系统")
    page.goto("/me")
    for label in ("现在的密码", "新密码", "再输一次新密码"):
        page.get_by_label(label, exact=True).fill(f"谁也没有用过的密码：{label}")
    page.get_by_role("button", name="修改密码").click()
    refused("password", page.get_by_label("再输一次新密码"), "两次输入的新密码不一样")
    expect(page.get_by_label("新密码", exact=True)).to_have_value("")
    assert found == []


def test_axe_finds_no_serious_fault_where_one_signs_in(browser, base, shot):
    context = browser.new_context(base_url=base)
    page = context.new_page()
    page.goto("/")
    shot(page, "signin")
    violations = Axe().run(page).response["violations"]
    assert [v["id"] for v in violations if v["impact"] in SERIOUS] == []
    context.close()


def test_a_report_prints_without_what_is_only_for_the_screen(opened, report, shot):
    page = opened()
    page.goto(report)
    page.emulate_media(media="print")
    for hidden in (".top", ".actions", ".element-foot", ".go"):
        expect(page.locator(hidden).first).to_be_hidden()
    expect(page.locator("#f-clauses")).to_be_visible()
    shot(page, "print")


def printed(page) -> list[tuple[str, float]]:
    """What Chromium prints, page by page: the words in normal form, and the share of the page's height down to the
    last thing on it."""
    found = []
    with pdfplumber.open(io.BytesIO(page.pdf(format="A4"))) as pdf:
        for sheet in pdf.pages:
            down = max((thing["bottom"] for thing in (*sheet.chars, *sheet.images)), default=0)
            found.append((normal(sheet.extract_text()), down / float(sheet.height)))
    return found


@pytest.mark.parametrize("letter", [DEFICIENT, WORD, DEFICIENT.parent.parent / "tests/letters/known/d2-43.pdf"])
def test_a_printed_report_begins_on_its_first_page_with_what_was_found(opened, letter):
    page = opened()
    upload(page, letter, case="案-打印")
    labels = [normal(label) for label in page.locator(".element h4").all_text_contents()]
    (first, filled), *rest = printed(page)
    assert sum(label in first for label in labels) >= 3 and filled > 0.7
    every = first + "".join(words for words, _ in rest)
    assert all(label in every for label in labels)
    assert "接下来" not in every and "当事人、事由" not in every and "看原处" not in every
    assert letter.suffix == ".docx" or "第1页" in first


def test_a_printed_case_has_no_heading_of_what_is_only_for_the_screen(opened):
    page = opened()
    upload(page, DEFICIENT, case="案-打印案件")
    page.goto("/cases/案-打印案件")
    expect(page.get_by_role("heading", name="记入", exact=True)).to_be_visible()
    every = "".join(words for words, _ in printed(page))
    assert "结案与保管" in every and "记入" not in every
