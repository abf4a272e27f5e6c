"""Bring an observer to a later page without showing the pages before it: a few requests instead of a walk."""

import re

from playwright.sync_api import Page

# Sends a form as a page of the site would: the browser shows what comes back, whatever its status.
SEND = """([address, fields]) => {
    const form = document.createElement("form");
    form.method = "post";
    form.action = address;
    for (const [name, value] of Object.entries(fields)) {
        const input = document.createElement("input");
        input.name = name;
        input.value = value;
        form.append(input);
    }
    document.body.append(form);
    form.submit();
}"""


def move_to_trials(page: Page, link: str, **answers: str) -> None:
    """Consent, answer the questions if there are any, and leave the instructions."""
    for part, fields in (("", {}), ("questions/", answers), ("instructions/", {})):
        assert page.request.post(link + part, form=dict(fields), headers={"Accept": "text/html"}).ok


def answer_address(page: Page, link: str) -> str:
    """Return where the answer to the current trial goes, past a break if there is one."""
    text = page.request.get(f"{link}trial/").text()
    if due := re.search(r'name="continue" value="(\d+)"', text):
        text = page.request.get(f"{link}trial/?continue={due[1]}").text()
    found = re.search(r'<form id="trial-form" method="post" action="([^"]+)"', text)
    assert found is not None, text
    return found[1]


def answer_trials(page: Page, link: str, count: int, **said: str) -> str:
    """Answer the next trials, all alike; return where the last answer went."""
    address = ""
    for _ in range(count):
        address = answer_address(page, link)
        assert page.request.post(address, form=dict(said), headers={"Accept": "application/json"}).ok
    return address


def send_form(page: Page, address: str, **fields: str) -> None:
    """Send a form from the page that is open, and wait for the page that comes back."""
    with page.expect_navigation():
        page.evaluate(SEND, [address, fields])
