"""Logins in several places, and forms that others send."""

import re

from playwright.sync_api import expect

import steps


def test_two_tabs_share_basket_and_login(visit, shop):
    first, account = visit(), shop.customer()
    second = first.context.new_page()
    second.goto("/")
    steps.log_in(first, account)
    steps.put_into_basket(first, "MUG-ENAMEL-01")
    steps.put_into_basket(second, "TOTE-CANVAS-01")
    first.reload()
    expect(first.locator(".line")).to_have_count(2)
    second.get_by_role("link", name="Account").click()
    expect(second.locator("h1")).to_have_text("Your account")


def test_session_ended_elsewhere_leads_to_login(visit, shop):
    here, there, account = visit(), visit(), shop.customer()
    steps.log_in(here, account)
    steps.put_into_basket(here, "MUG-ENAMEL-01")
    steps.log_in(there, account)
    there.goto("/account/sessions")
    there.get_by_role("button", name="End all other sessions").click()
    steps.expect_notice(there, "Nobody is logged in there any more.")
    here.goto("/checkout")
    expect(here).to_have_url(re.compile("/login"))
    steps.expect_notice(here, "Your session has ended. Please log in again.")
    steps.log_in(here, account)
    # Back at the page that was asked for, with the basket of before.
    expect(here).to_have_url(re.compile("/checkout$"))
    expect(here.locator(".summary")).to_contain_text("Enamel Camp Mug")


def test_logout_empties_the_browser(visit, shop):
    page, account = visit(), shop.customer()
    steps.log_in(page, account)
    steps.put_into_basket(page, "MUG-ENAMEL-01")
    page.get_by_role("button", name="Log out").click()
    steps.expect_notice(page, "You are logged out.")
    expect(page.get_by_role("link", name="Basket, 0 items")).to_be_visible()
    page.goto("/orders")
    expect(page).to_have_url(re.compile("/login"))


def test_cookies_are_out_of_the_scripts_reach(visit, shop):
    page, account = visit(), shop.customer()
    steps.log_in(page, account)
    steps.put_into_basket(page, "MUG-ENAMEL-01")
    cookies = page.context.cookies()
    assert {cookie["name"] for cookie in cookies if not cookie["httpOnly"]} <= {"language"}
    assert all(cookie["sameSite"] == "Lax" for cookie in cookies)
    assert page.evaluate("document.cookie") == ""
    token = account.token.split(".")[0]
    assert token not in page.content()


def test_account_is_kept_up_to_date(visit, shop):
    page, account = visit(), shop.customer()
    steps.log_in(page, account)
    page.goto("/account/addresses")
    page.get_by_label("Name of this address").fill("Home")
    steps.fill_address(page)
    page.get_by_role("button", name="Add an address").click()
    steps.expect_notice(page, "The address is saved.")
    page.goto("/account/cards")
    steps.fill_card(page, "5555 5555 5555 4444")
    page.get_by_role("button", name="Add a card").click()
    steps.expect_notice(page, "The card is saved.")
    expect(page.locator(".line")).to_contain_text("4444")
    page.goto("/account")
    page.get_by_label("Telephone").fill("+49 30 1234567")
    page.get_by_role("button", name="Save").click()
    steps.expect_notice(page, "Your changes are saved.")
    page.goto("/account/data")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert account.email in download.value.path().read_text()
    page.get_by_role("link", name="Close the account").click()
    page.get_by_label("Your password").fill(account.password)
    page.get_by_role("button", name="Close my account for good").click()
    steps.expect_notice(page, "Your account is closed")
    page.goto("/login")
    page.get_by_label("Email address").fill(account.email)
    page.get_by_label("Password").fill(account.password)
    page.locator("main form[action='/login'] button").click()
    steps.expect_notice(page, "The email address or the password is wrong.")
