"""The back office: a product from its creation to the refund of one unit."""

import re
import uuid

import pytest
from playwright.sync_api import expect

import steps


@pytest.fixture
def owner(visit, shop):
    page = visit()
    steps.log_in(page, shop.admin)
    return page


@pytest.fixture
def picture(owner, tmp_path):
    """A photograph, as far as the shop can see."""
    path = tmp_path / "picture.png"
    owner.screenshot(path=path)
    return path


def figure(page, name):
    """Reads a figure of the page of today: a count, or an amount in dollars."""
    page.goto("/admin")
    text = page.locator(".figures div", has_text=name).locator("dd").first.inner_text()
    return 0.0 if text == "–" else float(text.strip("$").replace(",", ""))


def test_product_is_created_sold_and_refunded(owner, visit, shop, picture):
    sku = f"VASE-{uuid.uuid4().hex[:6].upper()}"
    orders, revenue, refunds = (figure(owner, name) for name in ("Orders", "Revenue", "Refunds"))

    owner.goto("/admin/products")
    owner.get_by_role("link", name="New product").click()
    owner.get_by_label("SKU").fill(sku)
    owner.locator("main #name").fill("Glass Vase")
    owner.get_by_label("Description").fill("Blown by hand.")
    owner.get_by_label("Price").fill("25.00")
    owner.get_by_label("Currency").fill("USD")
    owner.locator("main #category").select_option("plants")
    owner.get_by_role("button", name="Preview").click()
    expect(owner.locator("#effect")).to_contain_text("$25.00")
    owner.get_by_role("button", name="Create the product").click()
    steps.expect_notice(owner, "The product is created.")
    owner.locator("#file").set_input_files(picture)
    owner.locator("button", has_text="Upload a picture").click()
    steps.expect_notice(owner, "The picture is added.")
    owner.get_by_label("Units").fill("5")
    owner.locator("#stock-reason").fill("First delivery")
    owner.get_by_role("button", name="Book units").click()
    steps.expect_notice(owner, "The units are booked.")

    account, buyer = shop.customer("Charles Babbage"), visit()
    shop.save_address(account)
    shop.save_card(account)
    steps.log_in(buyer, account)
    buyer.goto(f"/products/{sku}")
    image = buyer.locator(".pictures img").first
    image.evaluate("image => image.decode()")
    assert image.evaluate("image => image.naturalWidth") == 1280
    steps.to_checkout(buyer, sku, 2)
    steps.order_button(buyer).click()
    number = steps.expect_order(buyer)
    assert (figure(owner, "Orders"), figure(owner, "Revenue")) == (orders + 1, revenue + 50)
    expect(owner.locator(".plot rect").first).to_be_visible()

    owner.goto("/admin/orders")
    owner.get_by_label("Order number").fill(number)
    owner.get_by_role("button", name="Search").last.click()
    owner.locator("tbody").get_by_role("link", name=number).click()
    expect(owner.locator("main")).to_contain_text("Capture")
    expect(owner.locator("main")).to_contain_text("Nothing is refunded.")
    owner.locator("input[name=units]").fill("1")
    owner.locator("main #reason").fill("Broken on its way")
    owner.get_by_label("Put the units back to stock").check()
    owner.get_by_role("button", name="Refund these units").click()
    steps.expect_notice(owner, "The refund is made.")
    ledger = owner.locator("table", has=owner.get_by_role("columnheader", name="From"))
    expect(ledger.locator("tr", has_text="Refund")).to_contain_text("$25.00")
    expect(owner.locator("h1")).to_contain_text("Partially refunded")
    assert figure(owner, "Refunds") == refunds + 25

    owner.goto(f"/admin/products/{sku}")
    expect(owner.locator("#stock ~ .figures div", has_text="Available")).to_contain_text("4")
    movements = owner.locator("table", has=owner.get_by_role("columnheader", name="Kind"))
    expect(movements).to_contain_text("Returned")
    buyer.reload()
    expect(buyer.locator(".timeline")).to_contain_text("Refunded: $25.00")
    hidden = account.email[0] + "***@example.com"
    steps.expect_email(buyer, f"Confirmation, sent to {hidden}")
    steps.expect_email(buyer, f"Refund, sent to {hidden}")
    mail = shop.mail(account.email, "Money back")
    assert number in mail["subject"]
    assert "25.00" in mail["text"]


def test_two_admins_do_not_overwrite_each_other(owner, visit, shop):
    sku = shop.product(name="Old name")
    owner.goto(f"/admin/products/{sku}")
    shop.change(sku, name="Name by the other")
    owner.locator("main #name").fill("My name")
    owner.get_by_role("button", name="Save").click()
    steps.expect_notice(owner, "Somebody else changed this product meanwhile")
    expect(owner.locator("#effect del")).to_have_text("Name by the other")
    owner.get_by_role("button", name="Save").click()
    steps.expect_notice(owner, "Your changes are saved.")
    expect(owner.locator("h1")).to_contain_text("My name")


def test_table_says_first_what_it_changes(owner, shop, tmp_path):
    sku = shop.product(price=1000)
    owner.goto("/admin/products")
    with owner.expect_download() as download:
        owner.get_by_role("link", name="Export").click()
    lines = download.value.path().read_text().splitlines()
    exported = next(line for line in lines if sku in line)
    assert "10.00" in exported
    table = tmp_path / "products.csv"
    table.write_text(f"{lines[0]}\n{exported.replace('10.00', '12.00')}\n")
    owner.goto("/admin/import")
    owner.locator("#table").set_input_files(table)
    owner.get_by_role("button", name="Say what would change").click()
    expect(owner.locator("table ins")).to_contain_text("12.00")
    assert price(shop, sku) == 1000
    owner.get_by_role("button", name="Make these changes").click()
    steps.expect_notice(owner, "All changes are made.")
    assert price(shop, sku) == 1200


def price(shop, sku):
    return shop.call("GET", f"/inventory/products/{sku}")["price"]["amount"]


def test_customer_is_found_and_disabled(owner, visit, shop):
    account, page = shop.customer("Sofja Kowalewskaja"), visit()
    steps.log_in(page, account)
    owner.goto("/admin/customers")
    owner.get_by_label("Name or address").fill(account.email.split("@")[0])
    owner.get_by_role("button", name="Search").last.click()
    owner.locator("tbody").get_by_role("link", name="Sofja Kowalewskaja").click()
    owner.get_by_role("button", name="Disable the account").click()
    expect(owner.locator("h1")).to_contain_text("Disabled")
    page.goto("/account")
    expect(page).to_have_url(re.compile("/login"))


def test_mail_is_previewed_and_sent_as_a_test(owner, shop):
    owner.goto("/admin/mails")
    owner.locator("a[href='/admin/templates/order_confirmed/en']").click()
    frame = owner.frame_locator("iframe.mail")
    expect(frame.locator("body")).to_contain_text("Subject")
    owner.get_by_label("Subject").fill("An order without its number")
    owner.get_by_role("button", name="Preview").click()
    expect(frame.locator("body")).to_contain_text("This template does not work")
    owner.get_by_label("Subject").fill("{{ order_number }}, with a new subject")
    owner.get_by_role("button", name="Preview").click()
    expect(frame.locator("body")).to_contain_text("with a new subject")
    before = len(shop.mails(shop.admin.email))
    owner.get_by_role("button", name="Send me the saved version").click()
    steps.expect_notice(owner, "The test email is on its way")
    shop.wait_for_mails(shop.admin.email, before + 1)


def test_back_office_does_not_exist_for_customers(visit, shop):
    page = visit()
    steps.log_in(page, shop.customer())
    assert page.goto("/admin").status == 404
    expect(page.get_by_role("link", name="Back office")).to_have_count(0)
