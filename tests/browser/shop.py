"""The shop that the tests use: `estore-local`, and calls to it beside the browser."""

import ctypes
import json
import os
import re
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

PROJECT = Path(__file__).parents[2]
SERVICES = ("user", "verification", "inventory", "payment")
PASSWORD = "a password that is long enough"
CARD = "4242424242424242"
ADDRESS = {
    "line1": "12 Analytical Way",
    "postal_code": "10115",
    "city": "Berlin",
    "country": "DE",
}


class RefusedError(Exception):
    """An answer of a service that is no success."""

    def __init__(self, status, body):
        super().__init__(f"{status}: {body}")
        self.status = status


def wait_until(check, what, seconds=30):
    """Returns the first true result of `check`."""
    deadline = time.monotonic() + seconds
    while True:
        if result := check():
            return result
        assert time.monotonic() < deadline, f"waited {seconds} s: {what}"
        time.sleep(0.05)


@dataclass
class Account:
    """An account, and the token of a login through the API."""

    email: str
    password: str
    token: str = ""


class Shop:
    """A shop that runs, with its mailbox and its first admin."""

    def __init__(self, directory, programs, *options):
        self.directory = Path(directory)
        self.log = self.directory.with_suffix(".log")
        self.restarted = {}
        # A hidden piece of state would make a run depend on the one before.
        erase = [str(programs / "estore-local"), "--dir", str(directory)]
        self.directory.mkdir(parents=True, exist_ok=True)
        subprocess.run([*erase, "reset"], cwd=PROJECT, check=True, capture_output=True)
        command = [*erase, "up", "--free-ports", "--no-limits", *options]
        with self.log.open("w") as output:
            self.process = subprocess.Popen(command, cwd=PROJECT, stdout=output, stderr=output)
        try:
            said = wait_until(self._welcome, "the shop starts", 120)
        except BaseException:
            self.stop()
            raise
        self.url = re.search(r"Shop +(\S+)", said)[1]
        self.mailbox = re.search(r"Mailbox +(\S+)", said)[1]
        self.admin = Account(*re.search(r"Admin +(\S+) / (\S+)", said).groups())
        self.admin.token = self.login(self.admin)

    def _welcome(self):
        said = self.log.read_text()
        assert self.process.poll() is None, f"the shop ended:\n{said}"
        return said if "Logs and data are in" in said else None

    def stop(self):
        """Ends the shop, and the services that tests started again."""
        for service in self.restarted.values():
            service.terminate()
        self.process.terminate()
        self.process.wait(60)

    # Calls to the services

    def call(self, method, path, body=None, token=None, **headers):
        """Sends a request below `/api/`, and returns the JSON of its answer."""
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if body is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/api{path}", body, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            raise RefusedError(error.code, error.read().decode()) from None

    def login(self, account):
        body = {"email": account.email, "password": account.password}
        return self.call("POST", "/user/login", body)["access_token"]

    def customer(self, name="Ada Lovelace"):
        """Registers a customer, and verifies the address with the emailed token."""
        account = Account(f"{name.split()[0].lower()}-{uuid.uuid4().hex[:8]}@example.com", PASSWORD)
        body = {"email": account.email, "password": account.password, "name": name}
        self.call("POST", "/user/register", body)
        token = self.link(account.email, "token=").split("token=")[1]
        account.token = self.call("POST", "/user/verify-email", {"token": token})["access_token"]
        return account

    def mails(self, to):
        """Returns the emails to an address, oldest first."""
        query = urllib.parse.urlencode({"to": to})
        with urllib.request.urlopen(f"{self.mailbox}/messages?{query}", timeout=30) as answer:
            return json.load(answer)

    def mail(self, to, part):
        """Waits for an email that has `part` in its subject or text."""

        def find():
            mails = self.mails(to)
            return next((mail for mail in mails if part in mail["subject"] + mail["text"]), None)

        return wait_until(find, f"an email to {to} with {part!r}")

    def wait_for_mails(self, to, count):
        wait_until(lambda: len(self.mails(to)) >= count, f"{count} emails to {to}")

    def link(self, to, part):
        """Returns the link with `part` of an email."""
        text = self.mail(to, part)["text"]
        return next(link for link in re.findall(r"https?://\S+", text) if part in link)

    def product(self, stock=10, price=1490, name="A thing for a test", **more):
        """Creates a product with this stock, and returns its SKU."""
        sku = f"T-{uuid.uuid4().hex[:10].upper()}"
        body = {
            "sku": sku,
            "name": name,
            "description": "It exists for a test.",
            "price": {"amount": price, "currency": "USD"},
            "category": "desk",
        }
        self.call("POST", "/inventory/products", body | more, self.admin.token)
        if stock:
            self.book(sku, stock)
        return sku

    def book(self, sku, delta):
        """Books units of a product."""
        path = f"/inventory/products/{sku}/stock/adjustments"
        body = {"delta": delta, "reason": "a test"}
        self.call("POST", path, body, self.admin.token, Idempotency_Key=str(uuid.uuid4()))

    def change(self, sku, **patch):
        """Changes the description of a product."""
        self.call("PATCH", f"/inventory/products/{sku}", patch, self.admin.token, If_Match="*")

    def save_address(self, account, **more):
        body = {"label": "Home", "address": ADDRESS} | more
        return self.call("POST", "/user/me/addresses", body, account.token)["id"]

    def save_card(self, account, number=CARD):
        details = {"card_number": number, "expiry_month": 12, "expiry_year": 2029, "cvc": "123"}
        body = {"payment_type": "Card", "details": details}
        return self.call("POST", "/payment/payment-methods", body, account.token)["id"]

    def order(self, account, card, *lines):
        """Orders lines of SKU and quantity."""
        items = [{"sku": sku, "quantity": quantity} for sku, quantity in lines]
        body = {"items": items, "payment_method_id": card, "shipping_address": ADDRESS}
        key = str(uuid.uuid4())
        return self.call("POST", "/payment/orders", body, account.token, Idempotency_Key=key)

    def order_in_background(self, *arguments):
        """Orders in a thread, whatever the answer is."""

        def order():
            with suppress(RefusedError):
                self.order(*arguments)

        thread = Thread(target=order, daemon=True)
        thread.start()
        return thread

    def orders(self, account):
        return self.call("GET", "/payment/orders?limit=100", token=account.token)["items"]

    # Faults

    @contextmanager
    def without(self, service):
        """Kills a service, and starts it again at the end."""
        process = self._process(service)
        environment = dict(
            pair.split("=", 1)
            for pair in Path(f"/proc/{process}/environ").read_text().split("\0")
            if "=" in pair
        )
        program = os.readlink(f"/proc/{process}/exe")
        os.kill(process, signal.SIGKILL)
        if service in self.restarted:
            self.restarted.pop(service).wait(10)
        wait_until(lambda: not Path(f"/proc/{process}/exe").exists(), f"{service} is gone")
        try:
            yield
        finally:
            with (self.directory / f"{service}.log").open("a") as output:
                again = subprocess.Popen(
                    [program],
                    cwd=PROJECT,
                    env=environment,
                    stdout=output,
                    stderr=output,
                    preexec_fn=_end_with_parent,
                )
            self.restarted[service] = again
            ready = f"http://127.0.0.1:{environment['MANAGEMENT_PORT']}/ready"
            wait_until(lambda: _is_ok(ready), f"{service} is ready", 60)
            # Inventory is ready a moment before it can count products.
            wait_until(
                lambda: _is_ok(f"{self.url}/api/inventory/facets"), "the catalogue is loaded"
            )

    @contextmanager
    def hanging(self, service):
        """Stops a service in place, and lets it go on at the end."""
        process = self._process(service)
        os.kill(process, signal.SIGSTOP)
        try:
            # On a busy machine, some of its threads go on for a while, and answer.
            wait_until(lambda: _is_stopped(process), "every thread stops")
            yield
        finally:
            os.kill(process, signal.SIGCONT)

    def _process(self, service):
        """Returns the id of a service's process, which is one of this shop alone."""
        if service in self.restarted:
            return self.restarted[service].pid
        return int((self.directory / f"{service}.pid").read_text().split()[0])


def _end_with_parent():
    """Has Linux end this process when the tests end, in whatever way."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def _is_stopped(process):
    """Returns true if all threads of a process are stopped (proc(5), the field after the name)."""
    threads = Path(f"/proc/{process}/task").glob("*/stat")
    try:
        return all(thread.read_text().rpartition(")")[2].split()[0] == "T" for thread in threads)
    except FileNotFoundError:
        return False  # A thread has just ended.


def _is_ok(url):
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


@contextmanager
def running(name="shop", *options):
    """Starts a shop, with the programs in `BIN`, and stops it at the end."""
    target = Path(os.environ.get("CARGO_TARGET_DIR", PROJECT / "target"))
    programs = Path(os.environ.get("BIN", target / "debug")).resolve()
    shop = Shop(Path(os.environ.get("BROWSER_DIR", target / "browser")) / name, programs, *options)
    try:
        yield shop
    finally:
        shop.stop()


def launch(playwright):
    """Starts the machine's Chromium."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    path = next(filter(None, map(shutil.which, names)), None)
    assert path, "Chromium is missing: install the package chromium"
    # Chromium's own sandbox does not work for root.
    arguments = ["--no-sandbox", "--disable-dev-shm-usage"]
    return playwright.chromium.launch(executable_path=path, args=arguments)
