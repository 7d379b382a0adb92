"""The two flows of the seed, clicked through with the real email, in several ways of reading."""

import re
import uuid

import pytest
from playwright.sync_api import expect

import steps
from conftest import PHONE
from shop import PASSWORD, Account


@pytest.mark.parametrize(
    "options",
    [{}, {"viewport": PHONE, "is_mobile": True, "has_touch": True}, {"java_script_enabled": False}],
    ids=["desk", "phone", "no-script"],
)
def test_stranger_registers_and_orders(visit, shop, options):
    page = visit(**options)
    email = f"grace-{uuid.uuid4().hex[:8]}@example.com"
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect_no_scroll(page)

    page.get_by_label("Search the shop").fill("enamel mug")
    page.get_by_role("button", name="Search").click()
    page.locator(".card a").first.click()
    expect_no_scroll(page)
    page.get_by_role("button", name="Add to basket").click()
    steps.expect_notice(page, "It is in your basket.")
    expect(page.get_by_role("link", name="Basket, 1 item")).to_be_visible()
    expect_no_scroll(page)

    # The checkout asks for a login, and a stranger has none.
    page.get_by_role("link", name="To the checkout").click()
    expect(page).to_have_url(re.compile("/login"))
    expect_no_scroll(page)
    steps.register(page, email, "Grace Hopper")
    page.goto(shop.link(email, "/verify?token="))
    expect_no_scroll(page)
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator("main")).to_contain_text("Your address is verified")
    page.locator("main").get_by_role("link", name="Log in").click()
    steps.log_in(page, Account(email, PASSWORD))

    # The basket of before the login is kept.
    page.goto("/checkout")
    expect_no_scroll(page)
    expect(page.locator(".summary")).to_contain_text("Enamel")
    expect(page.locator("#number")).to_have_value("4242 4242 4242 4242")
    steps.fill_address(page)
    steps.order_button(page).click()
    number = steps.expect_order(page)
    expect_no_scroll(page)
    for state in ("Received", "Set aside", "Completed"):
        expect(page.locator(".timeline")).to_contain_text(state)
    assert page.get_by_role("link", name="Basket, 0 items").count() == 1

    # The confirmation leads to the same page.
    mail = shop.mail(email, number)
    page.goto(re.search(r"http\S+/orders/\S+", mail["text"])[0])
    expect(page.locator("h1")).to_contain_text(number)
    page.get_by_role("link", name="Orders", exact=True).click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect_no_scroll(page)


def expect_no_scroll(page):
    """Fails if the page is wider than the window."""
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.viewport_size["width"], f"{page.url} is {width} px wide"


def test_forgotten_password_is_replaced_by_email(visit, shop):
    account, page = shop.customer(), visit()
    page.goto("/login")
    page.get_by_role("link", name="Forgot your password?").click()
    page.get_by_label("Email address").fill(account.email)
    page.get_by_role("button", name="Send the link").click()
    steps.expect_notice(page, "it is on its way")
    page.goto(shop.link(account.email, "/password/new?token="))
    account.password = "another password of mine"
    page.get_by_label("New password").fill(account.password)
    page.get_by_role("button", name="Change my password").click()
    steps.expect_notice(page, "Your password is changed")
    steps.log_in(page, account)


def test_german_shopper_reads_german(visit, shop):
    page, account = visit(locale="de-DE"), shop.customer()
    page.goto("/products/MUG-ENAMEL-01")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.locator(".price.big")).to_have_text(re.compile(r"^\d+,\d\d\s\$$"))
    page.get_by_role("button", name="In den Warenkorb").click()
    steps.expect_notice(page, "Es liegt in Ihrem Warenkorb.")
    page.get_by_role("link", name="Zur Kasse").click()
    steps.log_in(page, account)
    expect(page.locator("h1")).to_have_text("Kasse")
    steps.fill_address(page)
    expect(page.locator("#country option:checked")).to_have_text("Deutschland")
    page.get_by_role("button", name="Zahlungspflichtig bestellen").click()
    steps.expect_order(page)
    expect(page.locator(".timeline")).to_contain_text("Eingegangen")
    expect(page.locator(".timeline time").first).to_have_text(re.compile(r"\d+\. \w+ \d{4}"))
    # The switch keeps the page and the choice.
    page.get_by_role("button", name="English").click()
    expect(page.locator(".timeline")).to_contain_text("Received")
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_order_is_placed_by_keyboard_alone(visit, shop):
    page, account = visit(), shop.customer()
    page.goto("/login")
    write(page, "#email", account.email)
    write(page, "main #password", account.password)
    page.keyboard.press("Enter")
    expect(page.locator("a[href='/account']")).to_be_visible()

    # The first stop leads past the menu.
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()

    page.goto("/")
    write(page, "#q", "enamel mug")
    page.keyboard.press("Enter")
    press(page, page.locator(".card a").first)
    press(page, page.get_by_role("button", name="One more"))
    expect(page.locator("#quantity")).to_have_value("2")
    press(page, page.get_by_role("button", name="Add to basket"))
    press(page, page.get_by_role("link", name="To the checkout"))
    write(page, "#line1", "12 Analytical Way")
    write(page, "#postal_code", "10115")
    write(page, "#city", "Berlin")
    write(page, "#country", "Germany")
    expect(page.locator("#country")).to_have_value("DE")
    press(page, steps.order_button(page))
    steps.expect_order(page)


def tab_to(page, target):
    """Presses Tab until `target` has the focus, which must be visible."""
    expect(target).to_be_visible()
    for _ in range(80):
        page.keyboard.press("Tab")
        if target.evaluate("node => node === document.activeElement"):
            outline = target.evaluate("node => getComputedStyle(node).outlineStyle")
            assert outline != "none", f"the focus of {target} is invisible"
            return
    raise AssertionError(f"Tab does not reach {target}")


def write(page, selector, text):
    tab_to(page, page.locator(selector))
    page.keyboard.type(text)


def press(page, target):
    tab_to(page, target)
    page.keyboard.press("Enter")
