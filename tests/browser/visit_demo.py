"""A person visits a demonstration in a cluster, and kills Payment in the middle of an order.

The step `demo` of `./dev e2e` runs this. `DEMO_URL`, `DEMO_EMAIL` and `DEMO_PASSWORD` are the shop
and its customer, `DEMO_TRACES` the API of its trace store. It prints what it saw. With
`E2E_PICTURES`, it saves its pictures there.
"""

import json
import os
import re
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

import shop as shops
import steps
from shop import Account, wait_until
from shots import SCALE, picture

SKU = "MUG-ENAMEL-01"
DESK = {"width": 1280, "height": 900}
# A person who knows what they want buys within this time, in seconds.
PURCHASE = 60
# An order whose Payment died goes on after the lease of 10 s, in ms.
FINISHED = 90_000
# Audits run each minute. The first one after the kill has ended by then, in ms.
PROVEN = 240_000
# A kill hits one of two pods. The other one may have the order.
MOST_TRIES = 6
# A pause of this length is the lease of a pod that died, in seconds.
LEASE = 8
# Texts of the faults that this visit causes.
SLOW, KILL = "Card gateway answers late", "Kill Payment"


class Visit:
    """The visit of one person, in two tabs."""

    def __init__(self, browser):
        options = {"base_url": os.environ["DEMO_URL"], "locale": "en-GB", "viewport": DESK}
        self.context = browser.new_context(device_scale_factor=SCALE, **options)
        self.context.set_default_timeout(30_000)
        self.shop = self.context.new_page()
        self.engine = self.context.new_page()

    def buy(self):
        """Logs in and buys, as fast as the pages allow. Returns the seconds that it took."""
        begin = time.monotonic()
        self.shop.goto("/")
        account = Account(os.environ["DEMO_EMAIL"], os.environ["DEMO_PASSWORD"])
        steps.log_in(self.shop, account)
        self.to_checkout()
        steps.order_button(self.shop).click()
        steps.expect_order(self.shop)
        took = time.monotonic() - begin
        assert took < PURCHASE, f"{took:.0f} s for a purchase"
        return took

    def to_checkout(self):
        steps.to_checkout(self.shop, SKU)
        if self.shop.locator("#line1").is_visible():
            steps.fill_address(self.shop)

    def cause(self, fault, seconds=None):
        """Presses the button of a fault."""
        self.engine.goto("/engine")
        if seconds:
            self.engine.locator("#seconds").fill(str(seconds))
        self.engine.get_by_role("button", name=fault).click()
        expect(self.engine.locator(".notices")).to_contain_text("The fault is caused")

    def kill_in_mid_order(self):
        """Kills Payment while an order waits for the gateway. Returns its number and its steps."""
        self.to_checkout()
        # The faults of an earlier try end first.
        self.engine.goto("/engine")
        calm = self.engine.locator("[data-block=faults]")
        expect(calm).to_contain_text("Nothing is disturbed right now")
        self.cause(SLOW, 4)
        steps.order_button(self.shop).click(no_wait_after=True)
        self.cause(KILL)
        killed = self.engine.locator("#faults .events li", has_text=KILL).first
        expect(killed).to_contain_text("done", timeout=FINISHED)
        expect(self.shop).to_have_url(
            re.compile("/orders/" + steps.NUMBER.pattern), timeout=FINISHED
        )
        completed = self.shop.locator(".state .status", has_text="Completed")
        expect(completed).to_be_visible(timeout=FINISHED)
        return steps.NUMBER.search(self.shop.locator("h1").inner_text())[0]

    def latest(self, number):
        """Returns the longest pause of one of the latest orders, and the id of its trace."""
        self.engine.goto("/engine")
        row = self.engine.locator("#orders tbody tr", has_text=number)
        # The page shows an order as it was up to two seconds ago, and renews itself.
        expect(row.locator(".status-completed")).to_be_visible()
        pauses = row.locator(".step small").all_inner_texts()
        trace = row.get_by_role("link").get_attribute("href")
        return max(map(seconds, pauses)), trace.rsplit("/", 1)[1]

    def find_killed_order(self):
        """Kills until the pod that has the order is hit. Returns its number, pause and trace."""
        for _ in range(MOST_TRIES):
            number = self.kill_in_mid_order()
            pause, trace = self.latest(number)
            if pause >= LEASE:
                return number, pause, trace
        raise AssertionError(f"{MOST_TRIES} kills hit no pod that had the order")

    def save(self, page, name):
        """Saves a picture of a page in each scheme, if pictures are wanted."""
        if not (folder := os.environ.get("E2E_PICTURES")):
            return
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            Path(folder, f"{name}-{scheme}-1280.webp").write_bytes(picture(page, 1280))
            page.set_viewport_size(DESK)


def seconds(text):
    """Reads the time after a step, such as `+10.2 s`, `+35 ms`."""
    value, unit = re.fullmatch(r"\+([\d.,]+)\s(ms|s|min)", text.strip()).groups()
    return float(value.replace(",", "")) * {"ms": 0.001, "s": 1, "min": 60}[unit]


def programs_of(trace):
    """Waits for a trace, and returns the programs that took part in it."""
    address = f"{os.environ['DEMO_TRACES']}/api/traces/{trace}"

    def look():
        with urllib.request.urlopen(address, timeout=30) as answer:
            found = json.load(answer)["data"]
        names = {process["serviceName"] for one in found for process in one["processes"].values()}
        return sorted(names) if len(names) > 1 else None

    return wait_until(look, f"the trace at {address}")


def run(visit):
    print(f"a purchase took {visit.buy():.1f} s")
    number, pause, trace = visit.find_killed_order()
    print(f"order {number} completed: Payment was killed in it, and it waited {pause:.1f} s")
    print(f"its trace has {', '.join(programs_of(trace))}")
    visit.save(visit.shop, "cluster-order")
    verdict = visit.engine.locator(".verdict")
    expect(verdict).to_contain_text("0 lost, 0 double, 0 oversold", timeout=PROVEN)
    assert visit.engine.locator("#proof .down").count() == 0
    print(f"the engine room says: {verdict.inner_text()}")
    visit.save(visit.engine, "cluster-engine")


def main():
    expect.set_options(timeout=30_000)
    with sync_playwright() as playwright:
        browser = shops.launch(playwright)
        run(Visit(browser))
        browser.close()


if __name__ == "__main__":
    main()
