"""A shop in which things have happened, and a visitor, a customer and an admin who look at it."""

from contextlib import suppress

import steps
from shop import RefusedError

VISITOR = [
    ("home", "/"),
    ("products", "/products"),
    ("category", "/categories/kitchen"),
    ("search", "/products?q=mug"),
    ("nothing-found", "/products?q=zzzz"),
    ("product", "/products/MUG-ENAMEL-01"),
    ("sold-out", "/products/{sold_out}"),
    ("archived", "/products/{archived}"),
    ("empty-basket", "/basket"),
    ("login", "/login"),
    ("register", "/register"),
    ("register-sent", "/register/sent"),
    ("password-forgot", "/password/forgot"),
    ("password-new", "/password/new?token=abc"),
    ("password-link", "/password/new"),
    ("verify", "/verify?token=abc"),
    ("verify-link", "/verify"),
    ("missing", "/no-such-page"),
]
CUSTOMER = [
    ("basket", "/basket"),
    ("checkout", "/checkout"),
    ("orders", "/orders"),
    ("order", "/orders/{order}"),
    ("order-refunded", "/orders/{refunded}"),
    ("order-declined", "/orders/{declined}"),
    ("account", "/account"),
    ("addresses", "/account/addresses"),
    ("address", "/account/addresses/{address}"),
    ("cards", "/account/cards"),
    ("devices", "/account/sessions"),
    ("email", "/account/email"),
    ("password", "/account/password"),
    ("data", "/account/data"),
    ("close", "/account/close"),
]
ADMIN = [
    ("admin-today", "/admin"),
    ("admin-orders", "/admin/orders"),
    ("admin-order", "/admin/orders/{refunded_id}"),
    ("admin-products", "/admin/products"),
    ("admin-archived", "/admin/products?status=archived"),
    ("admin-product", "/admin/products/MUG-ENAMEL-01"),
    ("admin-new-product", "/admin/new-product"),
    ("admin-import", "/admin/import"),
    ("admin-categories", "/admin/categories"),
    ("admin-category", "/admin/categories/kitchen"),
    ("admin-customers", "/admin/customers"),
    ("admin-customer", "/admin/customers/{customer}"),
    ("admin-emails", "/admin/mails"),
    ("admin-template", "/admin/templates/order_confirmed/en"),
]
READERS = ("visitor", "customer", "admin")
# Every page: its name, its reader and its path.
PAGES = [
    (name, reader, path)
    for reader, pages in zip(READERS, (VISITOR, CUSTOMER, ADMIN), strict=True)
    for name, path in pages
]


class Stage:
    """The readers' pages, and the paths of what has happened."""

    def __init__(self, browser, shop, **options):
        self.shop = shop
        self.ada = shop.customer()
        card = shop.save_card(self.ada)
        address = shop.save_address(self.ada)
        shop.save_address(self.ada, label="Studio", recipient="Charles Babbage")
        order = shop.order(self.ada, card, ("MUG-ENAMEL-01", 2), ("NOTE-LINEN-A5", 1))
        refunded = shop.order(self.ada, card, ("MUG-ENAMEL-01", 2), ("PAN-IRON-24", 1))
        self.refund(refunded["id"], "MUG-ENAMEL-01")
        archived = shop.product(0, name="Last year's calendar")
        shop.call("DELETE", f"/inventory/products/{archived}", None, shop.admin.token, If_Match="*")
        self.places = {
            "sold_out": shop.product(0, name="A very rare thing"),
            "archived": archived,
            "order": order["number"],
            "refunded": refunded["number"],
            "refunded_id": refunded["id"],
            "declined": self.decline(),
            "address": address,
            "customer": shop.call("GET", "/user/me", token=self.ada.token)["id"],
        }
        options |= {"base_url": shop.url, "locale": "en-GB", "reduced_motion": "reduce"}
        self.contexts = {name: browser.new_context(**options) for name in READERS}
        self.readers = {name: context.new_page() for name, context in self.contexts.items()}
        steps.log_in(self.readers["customer"], self.ada)
        steps.put_into_basket(self.readers["customer"], "BOTTLE-STEEL-05", 2)
        steps.put_into_basket(self.readers["customer"], "TOTE-CANVAS-01")
        steps.log_in(self.readers["admin"], shop.admin)

    def refund(self, order, sku):
        body = {"items": [{"sku": sku, "quantity": 1}], "restock": True, "reason": "A chip"}
        path = f"/payment/orders/{order}/refunds"
        self.shop.call("POST", path, body, self.shop.admin.token, Idempotency_Key="refund")

    def decline(self):
        """Orders with a card that is declined, and returns the number of the order."""
        card = self.shop.save_card(self.ada, "4000000000009995")
        with suppress(RefusedError):
            self.shop.order(self.ada, card, ("MUG-ENAMEL-01", 1))
        self.shop.call("DELETE", f"/payment/payment-methods/{card}", token=self.ada.token)
        orders = self.shop.orders(self.ada)
        return next(order["number"] for order in orders if order["status"] == "cancelled")

    def path(self, path):
        return path.format(**self.places)

    def open(self, reader, path):
        """Opens a page, and returns it with its answer."""
        page = self.readers[reader]
        return page, page.goto(self.path(path))

    def close(self):
        for context in self.contexts.values():
            context.close()
