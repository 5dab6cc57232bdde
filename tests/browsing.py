# What tests in a browser do again and again.
from axe_playwright_python.sync_playwright import Axe

MOST_TABS = 60
MOST_WAITING = 30_000  # milliseconds
AXE = {"resultTypes": ["violations"]}


def sign_in(page, username="ines"):
    """By keyboard, somebody whom `make_staff` or `make_role` made."""
    page.goto("/admin/login/")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill("tide and table")
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/")


def look(page, width, scheme):
    """On a screen of this width, by day ("light") or by night ("dark")."""
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)


def press_to(page, role, name, most=MOST_TABS):
    """With the tabulator key, from where the focus is; then Enter."""
    wanted = page.get_by_role(role, name=name).first
    for _ in range(most):
        page.keyboard.press("Tab")
        if wanted.evaluate("each => each === document.activeElement"):
            break
    else:
        raise AssertionError(f"The keyboard does not reach “{name}”")
    with page.expect_navigation():
        page.keyboard.press("Enter")


def wait_until(page, condition, arg=None):
    """This function of the page says so. Playwright's own way asks again by `eval`, which the admin's policy forbids."""
    page.evaluate(
        f"""([arg, most]) => new Promise((done, fail) => {{
          const condition = {condition};
          const late = setTimeout(() => fail(new Error("This took too long.")), most);
          const look = () => condition(arg) ? (clearTimeout(late), done()) : requestAnimationFrame(look);
          look();
        }})""",
        [arg, MOST_WAITING],
    )


def faults(page):
    """What axe finds on the page as it is, and whether it is wider than the screen. Icons are words to axe until their
    letters have arrived."""
    page.evaluate("document.fonts.ready.then(() => null)")
    found = Axe().run(page, options=AXE).response["violations"]
    found = [f"{fault['id']}: {fault['nodes'][0]['target']}" for fault in found]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append("wider than the screen")
    return found
