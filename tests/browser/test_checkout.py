"""Orders that meet trouble: each is placed once at most, and its page says what happened."""

import http.client
import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

import steps
from shop import wait_until


@pytest.fixture
def buyer(visit, shop):
    """A customer with an address and a card, who is logged in."""
    account, page = shop.customer(), visit()
    shop.save_address(account)
    shop.save_card(account)
    steps.log_in(page, account)
    page.account = account
    return page


def expect_one_order(shop, page, number):
    orders = shop.orders(page.account)
    assert [order["number"] for order in orders] == [number]


def expect_message(page, *parts):
    for part in parts:
        expect(page.locator(".message")).to_contain_text(part)


def test_declined_card_says_why(buyer, shop):
    steps.to_checkout(buyer, "MUG-ENAMEL-01")
    buyer.locator("input[name=card][value=new]").check()
    steps.fill_card(buyer, "4000 0000 0000 9995")
    steps.order_button(buyer).click()
    expect_message(
        buyer, "Your order was not placed", "not have enough money", "Nothing was charged"
    )
    # A reload of the form asks nothing new of the bank.
    buyer.reload()
    expect_message(buyer, "Your order was not placed")
    assert len(shop.orders(buyer.account)) == 1
    buyer.locator("input[name=card][value=new]").check()
    steps.fill_card(buyer)
    steps.order_button(buyer).click()
    steps.expect_order(buyer)


def test_sold_out_product_is_named(buyer, shop):
    sku = shop.product(2, name="The last lamp")
    steps.to_checkout(buyer, sku, 2)
    shop.book(sku, -2)
    steps.order_button(buyer).click()
    expect_message(buyer, "Not enough is left", "Nothing was charged", "The last lamp")
    buyer.locator(".message a").click()
    expect(buyer.locator(".line")).to_contain_text("Sold out in the meantime.")
    expect(buyer.get_by_role("link", name="To the checkout")).to_have_count(0)
    buyer.get_by_role("button", name=re.compile("^Remove")).click()
    expect(buyer.locator("main")).to_contain_text("Your basket is empty.")


def test_changed_price_is_shown_first(buyer, shop):
    sku = shop.product(price=1000)
    steps.to_checkout(buyer, sku)
    shop.change(sku, price={"amount": 1250, "currency": "USD"})
    steps.order_button(buyer).click()
    expect_message(buyer, "A price has changed meanwhile", "Nothing was charged")
    expect(buyer.locator(".summary .sum")).to_contain_text("$12.50")
    steps.order_button(buyer).click()
    steps.expect_order(buyer)
    expect(buyer.locator(".sum").first).to_contain_text("$12.50")


def test_basket_tells_the_changed_price(buyer, shop):
    sku = shop.product(price=1000)
    steps.put_into_basket(buyer, sku)
    shop.change(sku, price={"amount": 900, "currency": "USD"})
    buyer.goto("/basket")
    expect(buyer.locator(".line")).to_contain_text("The price has changed from $10.00 to $9.00.")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_double_click_orders_once(visit, shop, script):
    page = visit(java_script_enabled=script)
    page.account = shop.customer()
    shop.save_address(page.account)
    shop.save_card(page.account)
    steps.log_in(page, page.account)
    steps.to_checkout(page, "MUG-ENAMEL-01")
    steps.order_button(page).dblclick(no_wait_after=True)
    expect_one_order(shop, page, steps.expect_order(page))


def test_repeated_form_finds_its_order(buyer, shop):
    steps.to_checkout(buyer, "MUG-ENAMEL-01")
    with buyer.expect_request(lambda request: request.method == "POST") as sent:
        steps.order_button(buyer).click()
    number = steps.expect_order(buyer)
    again = steps.post_again(buyer, sent.value)
    assert again.url.endswith(f"/orders/{number}")
    assert "We have this order already" in again.text()
    expect_one_order(shop, buyer, number)


def test_back_button_leads_to_the_order(buyer, shop):
    steps.to_checkout(buyer, "MUG-ENAMEL-01")
    steps.order_button(buyer).click()
    number = steps.expect_order(buyer)
    buyer.go_back()
    if buyer.url.endswith("/checkout"):
        steps.order_button(buyer).click()
    assert steps.expect_order(buyer) == number
    steps.expect_notice(buyer, "We have this order already")
    expect_one_order(shop, buyer, number)


def test_two_tabs_place_one_order(buyer, shop):
    steps.to_checkout(buyer, "MUG-ENAMEL-01")
    other = buyer.context.new_page()
    other.goto("/checkout")
    steps.order_button(buyer).click()
    number = steps.expect_order(buyer)
    steps.order_button(other).click()
    assert steps.expect_order(other) == number
    steps.expect_notice(other, "We have this order already")
    expect_one_order(shop, buyer, number)


def test_two_tabs_place_one_order_after_a_refusal(buyer, shop):
    sku = shop.product(price=1000)
    steps.to_checkout(buyer, sku)
    other = buyer.context.new_page()
    other.goto("/checkout")
    shop.change(sku, price={"amount": 1250, "currency": "USD"})
    for page in (buyer, other):
        steps.order_button(page).click()
        expect_message(page, "A price has changed meanwhile")
    steps.order_button(buyer).click()
    number = steps.expect_order(buyer)
    steps.order_button(other).click()
    assert steps.expect_order(other) == number
    placed = [order for order in shop.orders(buyer.account) if order["status"] == "completed"]
    assert [order["number"] for order in placed] == [number]


def lose_the_answer(page, shop):
    """Has the network break between the shop's work and its answer, once."""
    lost = []

    def pass_on(route, request):
        if request.method != "POST" or lost:
            route.continue_()
            return
        lost.append(request)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": "; ".join(f"{c['name']}={c['value']}" for c in page.context.cookies()),
            "Origin": shop.url,
        }
        connection = http.client.HTTPConnection(shop.url.split("//")[1], timeout=30)
        connection.request("POST", "/checkout", request.post_data_buffer, headers)
        assert connection.getresponse().status == 303
        connection.close()
        route.abort("connectionreset")

    page.route("**/checkout", pass_on)


@pytest.mark.parametrize("way", ["reload", "checkout", "orders"])
def test_lost_answer_finds_the_order(buyer, shop, way):
    steps.to_checkout(buyer, "MUG-ENAMEL-01")
    lose_the_answer(buyer, shop)
    with buyer.expect_event("requestfailed"):
        steps.order_button(buyer).click(no_wait_after=True)
    [number] = [order["number"] for order in shop.orders(buyer.account)]
    expect(buyer.locator("body")).to_contain_text("ERR_CONNECTION_RESET")
    if way == "reload":
        buyer.reload()
        steps.expect_notice(buyer, "We have this order already")
    elif way == "checkout":
        buyer.goto("/checkout")
        steps.expect_notice(buyer, "We have this order already")
    else:
        buyer.goto("/orders")
        buyer.get_by_role("link", name=number).click()
    assert steps.expect_order(buyer) == number
    expect_one_order(shop, buyer, number)


def test_order_without_an_answer_is_asked_again(buyer, shop):
    steps.to_checkout(buyer, "MUG-ENAMEL-01")
    with shop.without("payment"):
        steps.order_button(buyer).click()
        expect_message(buyer, "We do not know yet whether your order has arrived")
    number = steps.NUMBER.search(buyer.locator(".message").inner_text())[0]
    buyer.get_by_role("button", name="Ask again").click()
    assert steps.expect_order(buyer) == number
    expect_one_order(shop, buyer, number)


def test_list_and_page_of_an_order_show_one_day(visit, shop):
    # A zone in which it is another day than in UTC.
    is_early = datetime.now(UTC).hour < 11
    page = visit(timezone_id="Pacific/Pago_Pago" if is_early else "Pacific/Kiritimati")
    account = shop.customer()
    number = shop.order(account, shop.save_card(account), ("MUG-ENAMEL-01", 1))["number"]
    steps.log_in(page, account)
    page.goto("/orders")
    day = page.locator("tbody time").inner_text()
    page.goto(f"/orders/{number}")
    expect(page.locator("main time").first).to_contain_text(day)


def test_open_page_follows_its_order(buyer, shop):
    card = shop.call("GET", "/payment/payment-methods", token=buyer.account.token)["items"][0]["id"]
    with shop.hanging("inventory"):
        ordered = shop.order_in_background(buyer.account, card, ("MUG-ENAMEL-01", 1))
        order = wait_until(lambda: shop.orders(buyer.account), "the order")[0]
        buyer.goto(f"/orders/{order['number']}")
        expect(buyer.locator(".state .status")).to_have_text("In progress")
        expect(buyer.locator(".timeline .to-come").first).to_be_visible()
        buyer.evaluate("window.isTheSamePage = true")
    ordered.join(30)
    expect(buyer.locator(".state .status")).to_have_text("Completed")
    assert buyer.evaluate("window.isTheSamePage")
