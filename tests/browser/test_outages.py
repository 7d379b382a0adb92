"""Pages while a service is away: each says so in plain words, or works."""

import re
import sys

import pytest
from playwright.sync_api import expect

import steps
from stage import PAGES

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="finds services below /proc")

# The words that a page has while a service is away.
WORDS = {
    "user": "Accounts do not answer right now",
    "verification": "The links in our emails do not work right now",
    "inventory": "The catalogue does not answer right now",
    "payment": "Orders and cards do not answer right now",
}
# Pages that need nothing of a service.
WHOLE = {
    "user": {"home", "products", "product", "empty-basket", "login", "register", "basket"},
    "verification": {name for name, reader, _ in PAGES if reader != "admin"}
    - {"order", "order-refunded"},
    "inventory": {"orders", "order", "order-refunded", "account", "addresses", "cards", "login"}
    | {"admin-orders", "admin-order", "admin-customers", "admin-emails"},
    "payment": {"home", "products", "category", "product", "basket", "account", "addresses"}
    | {"admin-products", "admin-product", "admin-customers", "admin-categories"},
}
# Pages that cannot do what they are for.
NOTHING = {
    "user": {"account", "addresses", "devices", "admin-customers"},
    "verification": {"admin-emails", "admin-template"},
    "inventory": {
        "home",
        "products",
        "product",
        "category",
        "basket",
        "checkout",
        "admin-products",
    },
    "payment": {"orders", "order", "cards", "checkout", "admin-orders", "admin-order"},
}


@pytest.mark.parametrize("service", WORDS)
def test_every_page_says_what_is_away(stage, shop, service):
    with shop.without(service):
        wrong = [line for page in PAGES for line in complaints(stage, service, *page)]
    assert not wrong, "\n".join(wrong)


def complaints(stage, service, name, reader, path):
    """Reads a page without drawing it, and yields what is wrong with it."""
    answer = stage.contexts[reader].request.get(stage.path(path))
    text = answer.text()
    expected = {404} if name in ("missing",) else {200}
    says = [name for name, words in WORDS.items() if words in text]
    if "<h1" not in text or "</footer>" not in text:
        yield f"{name}: is no page ({answer.status}): {text[:200]}"
    if "/login" in answer.url and name != "login":
        yield f"{name}: leads to the login"
    if answer.status not in expected | {503}:
        yield f"{name}: answers {answer.status}"
    if answer.status == 503 and not says:
        yield f"{name}: answers 503 and does not say why"
    if name in WHOLE[service] and (answer.status == 503 or says):
        yield f"{name}: needs nothing of {service}, answers {answer.status} and names {says}"
    if name in NOTHING[service] and not says:
        yield f"{name}: does not say that {service} is away"


def test_basket_and_orders_outlive_the_catalogue(visit, shop):
    account, page = shop.customer(), visit()
    shop.order(account, shop.save_card(account), ("MUG-ENAMEL-01", 1))
    steps.log_in(page, account)
    steps.put_into_basket(page, "TOTE-CANVAS-01")
    with shop.without("inventory"):
        page.goto("/basket")
        steps.expect_notice(page, WORDS["inventory"])
        expect(page.locator(".line")).to_contain_text("TOTE-CANVAS-01")
        page.get_by_role("link", name="Orders", exact=True).click()
        page.locator("tbody a").click()
        expect(page.locator(".state .status")).to_have_text("Completed")
    page.goto("/basket")
    expect(page.locator(".line")).to_contain_text("Canvas Tote")


def test_browsing_outlives_the_payment_service(visit, shop):
    account, page = shop.customer(), visit()
    steps.log_in(page, account)
    with shop.without("payment"):
        steps.put_into_basket(page, "TOTE-CANVAS-01")
        page.get_by_role("link", name="To the checkout").click()
        steps.expect_notice(page, WORDS["payment"])
        expect(steps.order_button(page)).to_have_count(0)
    page.reload()
    expect(steps.order_button(page)).to_be_enabled()


def test_session_outlives_the_user_service(visit, shop):
    account, page = shop.customer(), visit()
    steps.log_in(page, account)
    with shop.without("user"):
        page.goto("/account")
        expect(page.locator("main")).to_contain_text(WORDS["user"])
        stranger = visit()
        stranger.goto("/login")
        stranger.get_by_label("Email address").fill(account.email)
        stranger.get_by_label("Password").fill(account.password)
        stranger.locator("main form[action='/login'] button").click()
        expect(stranger.locator("main")).to_contain_text(WORDS["user"])
    page.get_by_role("link", name="Try again").click()
    expect(page.locator("h1")).to_have_text("Your account")


def test_link_stays_valid_while_its_service_is_away(visit, shop):
    page, email = visit(), "late@example.com"
    steps.register(page, email)
    page.goto(shop.link(email, "/verify?token="))
    with shop.without("verification"):
        page.get_by_role("button", name="Confirm").click()
        expect(page.locator("main")).to_contain_text(WORDS["verification"])
    page.goto(shop.link(email, "/verify?token="))
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator("main")).to_contain_text("Your address is verified")


def test_hanging_service_is_away_too(visit, shop):
    page = visit()
    with shop.hanging("inventory"):
        page.goto("/")
        steps.expect_notice(page, WORDS["inventory"])
    assert re.search("Catalogue|Categories", page.goto("/").text())
