"""Steps that several tests take in the browser."""

import re

from playwright.sync_api import expect

from shop import PASSWORD, wait_until

NUMBER = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}")


def log_in(page, account):
    """Logs in by the form, unless the page has led to it already."""
    if "/login" not in page.url:
        page.goto("/login")
    page.get_by_label(re.compile("Email address|E-Mail-Adresse")).fill(account.email)
    page.get_by_label(re.compile("^Pass")).fill(account.password)
    page.locator("main form[action='/login'] button").click()
    expect(page.locator("a[href='/account']").first).to_be_visible()


def register(page, email, name="Ada Lovelace"):
    """Registers by the form, and stops at the page that speaks of the email."""
    page.goto("/register")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create the account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mailbox")


def put_into_basket(page, sku, quantity=1):
    page.goto(f"/products/{sku}")
    page.locator("#quantity").fill(str(quantity))
    page.locator("form.add button[type=submit]").click()
    expect(page).to_have_url(re.compile("/basket$"))


def to_checkout(page, sku, quantity=1):
    """Goes to the checkout with a product in the basket."""
    put_into_basket(page, sku, quantity)
    page.locator("a[href='/checkout']").click()
    expect(page).to_have_url(re.compile("/checkout$"))


def fill_address(page):
    page.locator("#line1").fill("12 Analytical Way")
    page.locator("#postal_code").fill("10115")
    page.locator("#city").fill("Berlin")
    page.locator("#country").select_option("DE")


def fill_card(page, number="4242 4242 4242 4242"):
    page.locator("#number").fill(number)
    page.locator("#expiry").fill("12/29")
    page.locator("#cvc").fill("123")


def order_button(page):
    return page.locator("form.checkout button[type=submit]")


def expect_order(page):
    """Waits for the page of an order that is completed, and returns its number."""
    expect(page).to_have_url(re.compile("/orders/" + NUMBER.pattern))
    expect(page.locator(".state .status")).to_have_text(re.compile("Completed|Abgeschlossen"))
    return NUMBER.search(page.locator("h1").inner_text())[0]


def expect_email(page, text):
    """Loads the page of an order until it lists an email, which takes a moment."""
    listed = page.locator(".emails", has_text=text)

    def load():
        page.reload()
        return listed.count() == 1

    wait_until(load, f"the email {text}")


def expect_notice(page, text):
    expect(page.locator(".notices")).to_contain_text(text)


def post_again(page, request):
    """Sends a form once more, as a browser that reloads does. Returns the page after redirects."""
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Origin": page.url.split("/", 3)[0] + "//" + page.url.split("/", 3)[2],
    }
    return page.request.post(request.url, data=request.post_data, headers=headers)
