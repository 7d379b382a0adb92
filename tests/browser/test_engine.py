"""The engine room of a demonstration: faults and load by button, and the proof."""

import re
import shutil

import pytest
from playwright.sync_api import expect

import shop as shops
from conftest import DESK
from test_pages import UNNAMED, violations_in_both_schemes

pytestmark = pytest.mark.skipif(
    shutil.which("prometheus") is None, reason="a demonstration needs Prometheus"
)

# The first audit ends within half a minute, and so does the first comparison of an order.
PROVEN = 150_000
# A service that was killed is back within seconds.
BACK = 60_000


@pytest.fixture(scope="module")
def demo():
    with shops.running("demo", "--demo") as shop:
        yield shop


@pytest.fixture
def room(browser, demo):
    """The engine room of a visitor. Whatever the browser complains about fails the test."""
    complaints = []
    context = browser.new_context(base_url=demo.url, locale="en-GB", viewport=DESK)
    context.set_default_timeout(10_000)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    context.on(
        "console",
        lambda message: message.type == "error" and complaints.append(message.text),
    )
    page = context.new_page()
    page.goto("/engine")
    yield page
    context.close()
    assert not complaints, complaints


def row(page, name):
    """The row of a part of the shop."""
    parts = page.locator("#topology table").first.locator("tbody tr")
    return parts.filter(has=page.get_by_role("rowheader", name=name))


def set_load(page, orders):
    page.locator("#orders_per_minute").fill(str(orders))
    page.get_by_role("button", name="Set", exact=True).click()
    expect(page.locator(".notices")).to_contain_text("The load is set")


def test_engine_room_is_one_link_away(room):
    room.goto("/")
    room.get_by_role("link", name="Engine room").click()
    expect(room.get_by_role("heading", level=1)).to_have_text("Engine room")
    for section in ("Parts", "Faults", "Load", "Proof", "Latest orders", "More"):
        expect(room.get_by_role("heading", level=2, name=section)).to_be_visible()


@pytest.mark.parametrize("locale", ["en-GB", "de-DE"])
def test_engine_room_is_accessible_and_narrow(browser, demo, locale):
    context = browser.new_context(
        base_url=demo.url, locale=locale, viewport=DESK, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto("/engine")
    # The first numbers make the map and the tables.
    expect(row(page, "Payment").locator(".up")).to_be_visible(timeout=BACK)
    assert page.evaluate(UNNAMED) == []
    found = violations_in_both_schemes(page)
    assert not found, "\n".join(found)
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    context.close()


def test_engine_room_is_small(room):
    session = room.context.new_cdp_session(room)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    sizes = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    room.goto("/engine")
    room.evaluate("document.readyState")
    session.detach()
    assert 1_000 < sum(sizes) < 60_000, sizes


def test_page_renews_itself(room):
    set_load(room, 120)
    expect(room.locator("#load")).to_contain_text("The shopper sends load", timeout=BACK)
    orders = room.locator("#orders tbody tr")
    expect(orders.first).to_be_visible(timeout=BACK)
    first = orders.first.get_by_role("rowheader").inner_text()
    expect(orders.first.get_by_role("rowheader")).not_to_have_text(first, timeout=BACK)
    expect(room.locator("[data-stale]")).to_be_hidden()
    # A table that somebody opened stays open.
    room.locator("#calls summary").click(timeout=BACK)
    with room.expect_response(lambda answer: answer.url.endswith("/engine/live")):
        pass
    expect(room.locator("#calls table")).to_be_visible()


def test_killed_payment_loses_no_order(room, demo):
    set_load(room, 240)
    expect(room.locator("#load")).to_contain_text("The shopper sends load", timeout=BACK)
    expect(room.locator("#orders .status-completed").first).to_be_visible(timeout=BACK)
    room.get_by_role("button", name="Kill Payment").click()
    expect(room).to_have_url(re.compile("/engine#faults$"))
    expect(room.locator(".notices")).to_contain_text("The fault is caused")
    event = room.locator("#faults .events li").first
    expect(event).to_contain_text("Kill Payment")
    expect(event).to_contain_text("done", timeout=BACK)
    expect(event).to_contain_text("button")
    expect(row(room, "Payment").locator("td").first).to_have_text("ready", timeout=BACK)
    set_load(room, 0)
    expect(room.locator(".verdict")).to_contain_text("0 lost, 0 double, 0 oversold", timeout=PROVEN)
    expect(room.locator("#proof .ticks .up").last).to_be_visible()
    assert room.locator("#proof .down").count() == 0


def test_forms_work_without_javascript(browser, demo):
    context = browser.new_context(
        base_url=demo.url, locale="en-GB", viewport=DESK, java_script_enabled=False
    )
    page = context.new_page()
    page.goto("/engine")
    page.locator("#seconds").fill("2")
    page.get_by_role("button", name="Mail server is down").click()
    expect(page.locator(".notices")).to_contain_text("The fault is caused")
    expect(page.locator("#faults .events li").first).to_contain_text("Mail server is down")
    page.locator("#seconds").fill("61")
    page.get_by_role("button", name="Freeze User").click()
    expect(page.locator(".notices")).to_contain_text("from 1 to 60")
    page.get_by_role("button", name="End all faults").click()
    expect(page.locator(".notices")).to_contain_text("are ended")
    page.get_by_role("link", name="Reload").click()
    expect(page.locator("[data-block=faults]")).to_contain_text("Nothing is disturbed right now")
    context.close()
