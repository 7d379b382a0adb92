"""Takes the pictures of docs/tour: every page, light and dark, on a phone and at a desk."""

import sys

from playwright.sync_api import sync_playwright

import shop as shops
from stage import PAGES, Stage

PICTURES = shops.PROJECT / "docs/tour"
WIDTHS = {390: 844, 1280: 900}
# The longest part of a page in a picture.
MOST_HEIGHT = 1_400
# Pictures are smaller than the windows that they show, and can still be read.
SCALE = 0.75
MOST_BYTES = 60_000
MOST_BYTES_OF_ALL = 3_000_000
# The first audit and the first comparison of an order end within this time, in ms.
PROVEN = 150_000
# The edges of the map of a shop under load: who calls whom.
CALLS = 10
# Tried in this order, until a picture is small enough.
QUALITIES = (30, 15)


def picture(page, width):
    """Returns a picture of the page, cut where it gets long."""
    page.wait_for_load_state("networkidle")
    height = page.evaluate("document.documentElement.scrollHeight")
    # A window of the whole height has no part that sticks to its top in the middle.
    page.set_viewport_size({"width": width, "height": max(WIDTHS[width], min(height, MOST_HEIGHT))})
    page.evaluate(
        "Promise.all([...document.images].map((image) => {"
        " image.loading = 'eager'; return image.decode().catch(() => {}); }))"
    )
    taken = (page.screenshot(type="webp", quality=quality) for quality in QUALITIES)
    small = next((picture for picture in taken if len(picture) <= MOST_BYTES), None)
    assert small, f"the picture of {page.url} is too large"
    return small


def save(page, name, open_page):
    """Opens a page in each form, and saves its pictures."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width, height in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": height})
            open_page()
            (PICTURES / f"{name}-{scheme}-{width}.webp").write_bytes(picture(page, width))


def save_engine_room(browser):
    """Saves the engine room of a demonstration that is under load and proven."""
    with shops.running("demo", "--demo") as shop:
        page = browser.new_page(base_url=shop.url, device_scale_factor=SCALE)
        page.goto("/engine")
        proven = page.get_by_text("0 lost, 0 double, 0 oversold").first
        proven.wait_for(timeout=PROVEN)
        # The plot of the orders and the rates of the calls need some minutes of load.
        page.locator("#topology figure.line path").wait_for(timeout=PROVEN)
        page.locator("#topology .edge").nth(CALLS - 1).wait_for(state="attached", timeout=PROVEN)
        save(page, "engine", lambda: page.goto("/engine"))
        page.close()


def main():
    PICTURES.mkdir(parents=True, exist_ok=True)
    for old in PICTURES.glob("*.webp"):
        # These are from a cluster: visit_demo.py.
        if not old.name.startswith("cluster-"):
            old.unlink()
    with shops.running() as shop, sync_playwright() as playwright:
        browser = shops.launch(playwright)
        stage = Stage(browser, shop, device_scale_factor=SCALE)
        for name, reader, path in PAGES:
            save(stage.readers[reader], name, lambda: stage.open(reader, path))  # noqa: B023
        mails = browser.new_page(device_scale_factor=SCALE)
        for name, part in (("email-verify", "/verify?token="), ("email-refund", "Money back")):
            mail = shop.mail(stage.ada.email, part)
            save(mails, name, lambda: mails.set_content(mail["html"]))  # noqa: B023
        stage.close()
        save_engine_room(browser)
        browser.close()
    total = sum(picture.stat().st_size for picture in PICTURES.glob("*.webp"))
    print(f"{len(list(PICTURES.glob('*.webp')))} pictures, {total} bytes")
    return 0 if total <= MOST_BYTES_OF_ALL else f"more than {MOST_BYTES_OF_ALL} bytes"


if __name__ == "__main__":
    sys.exit(main())
