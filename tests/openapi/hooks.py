"""Facts about the shop that schemathesis cannot know: the callers, and the accounts that no request
may disable.
"""

import json
import os
import threading
import time

import requests
import schemathesis

ROLE = os.environ["ESTORE_ROLE"]
USER_URL = os.environ["ESTORE_USER_URL"]
with open(os.environ["ESTORE_SCENE"], encoding="utf-8") as file:
    SCENE = json.load(file)

# These end a session or an account, or change the credentials, so a spare account performs them.
SPARE = {
    "POST /logout",
    "DELETE /me",
    "PUT /me/password",
    "PUT /me/email",
    "DELETE /me/sessions/{id}",
}


def login(account):
    """Returns a token, or None if the account cannot log in. Waits if the service says that it is
    busy.
    """
    email, password = account
    for _ in range(30):
        answer = requests.post(f"{USER_URL}/login", json={"email": email, "password": password}, timeout=30)
        if answer.status_code not in (429, 503):
            break
        time.sleep(int(answer.headers.get("Retry-After", "1")))
    return answer.json()["access_token"] if answer.status_code == 200 else None


class Accounts:
    """The spare accounts, of which the first that can still log in is used."""

    def __init__(self):
        self.left = list(SCENE["spare"])
        self.lock = threading.Lock()

    def token(self):
        with self.lock:
            while self.left:
                token = login(self.left[0])
                if token:
                    return token
                self.left.pop(0)
            raise RuntimeError("no account is left that can log in: stage more of them")


accounts = Accounts()


def is_spare(case):
    return case.operation.label in SPARE


# A 401 makes the next request log in again, because a request may have ended the token's session.
@schemathesis.auth(refresh_interval=240, cache_by_key=lambda case, context: is_spare(case))
class Login:
    def get(self, case, context):
        if ROLE == "nobody":
            return None
        token = accounts.token() if is_spare(case) else login(SCENE[ROLE])
        if token is None:
            raise RuntimeError(f"{ROLE} cannot log in any more")
        return token

    def set(self, case, data, context):
        if data is not None:
            case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def before_call(context, case, kwargs):
    """Redirects a change of an account that this run needs to another one. Lists name such
    accounts.
    """
    if case.operation.label == "PATCH /users/{id}" and case.path_parameters.get("id") in SCENE["protected"]:
        case.path_parameters["id"] = SCENE["users"][0]
