"""One shop and one browser for all tests. Each test has its own visitors, without cookies.

`./dev browser` runs these tests, and passes arguments on to pytest. `BIN` names the programs'
directory.
"""

import pytest
from playwright.sync_api import expect, sync_playwright

import shop as shops
from stage import Stage

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


@pytest.fixture(scope="session")
def shop():
    with shops.running() as shop:
        yield shop


@pytest.fixture(scope="session")
def browser():
    expect.set_options(timeout=10_000)
    with sync_playwright() as playwright:
        browser = shops.launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser, shop):
    """Opens a page of a new visitor. Each `visit()` has cookies of its own."""
    contexts, complaints = [], []

    def open_page(**options):
        options = {"base_url": shop.url, "locale": "en-GB", "viewport": DESK} | options
        context = browser.new_context(**options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on("console", lambda message: _listen(message, complaints))
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints, "the browser complains"


def _listen(message, complaints):
    if message.type == "error" and "Content Security Policy" in message.text:
        complaints.append(message.text)


@pytest.fixture(scope="session")
def stage(browser, shop):
    """Pages of a visitor, a customer and an admin, in a shop in which things have happened."""
    stage = Stage(browser, shop)
    yield stage
    stage.close()
