# Audits every kind of public page as a browser gets it: the Nu HTML checker on all of them, Lighthouse on those
# that a reader is led to. Serves what `make run` serves, on a port of its own; the tools lie in var/tools/audit.
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import quote

from scripts.prepare import PROJECT_DIR, prepare, step
from scripts.run import (
    DEMONSTRATION,
    HOST,
    load_sample_into_empty_database,
    start_server,
    wait_until_it_answers,
)
from tests.chromium import find_chromium

TOOLS = PROJECT_DIR / "var/tools/audit"
PACKAGES = ["lighthouse@12.8.2", "vnu-jar@26.9.27"]
NEEDED = {
    "node": "Node.js, which runs Lighthouse",
    "npm": "npm, which installs the tools",
    "java": "Java, which runs the Nu HTML checker",
}
FULL_SCORE = {"accessibility": 100, "best-practices": 100, "seo": 100}
QUICK = {"performance": 98}  # of topics and publications
NOT_INDEXED = "is-crawlable"  # what stays out of search engines on purpose is not to be blamed for it


def look_for_what_is_needed():
    missing = [words for name, words in NEEDED.items() if not shutil.which(name)]
    if not find_chromium():
        missing.append("Chromium; TOPICHUB_CHROMIUM can name one")
    if missing:
        sys.exit(
            "The audit needs some programs that are not here:\n" + "\n".join(f"  {name}" for name in missing)
        )


def install_tools():
    wanted = "\n".join(PACKAGES)
    stamp = TOOLS / "installed"
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    TOOLS.mkdir(parents=True, exist_ok=True)
    with step("Installing Lighthouse and the Nu HTML checker"):
        command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(TOOLS), *PACKAGES]
        if subprocess.run(command, check=False).returncode:
            sys.exit("npm could not install them: see above.")
    stamp.write_text(wanted)


def find_pages():
    """(what it is, address, Lighthouse's targets) for each kind of public page that this collection has."""
    from django.db.models import Count

    from publications.models import ContentType, Page, Person, Publication, Topic

    public = Publication.objects.published()
    topic = Topic.objects.filter(publications__in=public).annotate(n=Count("pk")).order_by("-n", "pk").first()
    item = public.annotate(n=Count("authors")).order_by("-n", "image", "-pk").exclude(image=None).first()
    picked = "&".join(f"item={pk}" for pk in public.newest_first().values_list("pk", flat=True)[:5])
    pages = [
        ("Home", "/", FULL_SCORE),
        ("Topics", "/topics/", FULL_SCORE),
        ("Topic", topic, FULL_SCORE | QUICK),
        ("Topic, filtered", topic and f"{topic.get_absolute_url()}?from=2000&sort=oldest", FULL_SCORE),
        ("Topic, bad date", topic and f"{topic.get_absolute_url()}?from=soon", {}),
        ("Topic, collecting", topic and f"{topic.get_absolute_url()}?collect=on", FULL_SCORE),
        ("Publications", "/publications/", FULL_SCORE),
        ("Publications, found", f"/publications/?q={quote('sea')}", FULL_SCORE),
        ("Publications, none found", "/publications/?q=nothingatall", {}),
        ("Publication", item, FULL_SCORE | QUICK),
        ("Publication, withdrawn", Publication.objects.filter(state="withdrawn").first(), {}),
        ("Publication, removed", Publication.objects.filter(state="removed").first(), {}),
        ("Corrections", "/corrections/", FULL_SCORE),
        ("People", "/people/", FULL_SCORE),
        ("Person", Person.objects.published().first(), FULL_SCORE),
        ("Type", ContentType.objects.first(), FULL_SCORE),
        ("Text", Page.objects.filter(state="published").first(), FULL_SCORE),
        ("Briefing", f"/briefing/?{picked}&title=For+Tuesday", FULL_SCORE),
        ("Briefing, empty", "/briefing/", {}),
        ("Not found", "/not/here/", {}),
    ]
    return [
        (name, at if isinstance(at, str) else at.get_absolute_url(), targets)
        for name, at, targets in pages
        if at
    ]


def fetch(url):
    """What a browser would get, be it an error page."""
    try:
        return urllib.request.urlopen(url, timeout=30).read()
    except urllib.error.HTTPError as error:
        return error.read()


def check_html(site, pages):
    """For each address the sentences of the Nu HTML checker: errors alone."""
    with tempfile.TemporaryDirectory() as folder:
        files = {Path(folder) / f"{number}.html": address for number, (_, address, _) in enumerate(pages)}
        for file, address in files.items():
            file.write_bytes(fetch(site + address))
        command = ["java", "-jar", str(next(TOOLS.glob("node_modules/vnu-jar/**/vnu.jar")))]
        command += ["--errors-only", "--format", "json", *map(str, files)]
        said = subprocess.run(command, capture_output=True, text=True, check=False).stderr
        found = {address: [] for address in files.values()}
        for message in json.loads(said)["messages"]:
            address = files[Path(message["url"].removeprefix("file:"))]
            found[address].append(f"line {message.get('lastLine', '?')}: {message['message']}")
    return found


def run_lighthouse(url, categories):
    """The report as Lighthouse writes it, of a phone on a slow line."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    flags = f"--headless=new{' --no-sandbox' if is_root else ''}"
    command = ["node", str(TOOLS / "node_modules/lighthouse/cli/index.js"), url, "--quiet", "--output=json"]
    command += [f"--only-categories={','.join(categories)}", f"--chrome-flags={flags}"]
    environment = os.environ | {"CHROME_PATH": find_chromium()}
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if result.returncode:
        sys.exit(f"Lighthouse failed on {url}:\n{result.stderr.strip()}")
    return json.loads(result.stdout)


def judge(url, targets):
    """The report of one visit; where speed counts, the middle one of three, since it varies with all else that
    the machine does."""
    visits = 3 if "performance" in targets else 1
    reports = [run_lighthouse(url, targets) for _ in range(visits)]
    if visits > 1:
        reports.sort(key=lambda report: report["categories"]["performance"]["score"])
    return reports[visits // 2]


def score(report, category):
    """In per cent; and what cost points. A page that robots are told not to index is judged on the rest."""
    references = report["categories"][category]["auditRefs"]
    audits = [(report["audits"][one["id"]], one["weight"]) for one in references]
    is_hidden = "noindex" in json.dumps(report["audits"].get(NOT_INDEXED, {}).get("details", {}))
    counted = [
        (audit, weight)
        for audit, weight in audits
        if weight and audit["score"] is not None and not (is_hidden and audit["id"] == NOT_INDEXED)
    ]
    total = sum(weight for _, weight in counted)
    points = round(100 * sum(audit["score"] * weight for audit, weight in counted) / total)
    return points, [audit["title"] for audit, _ in counted if audit["score"] < 0.9]


def audit(site, pages):
    """Print one line for each page, then what is amiss; return how much that is."""
    amiss = []
    with step("Checking the HTML"):
        html = check_html(site, pages)
    print(f"\n{'':26}{'HTML':>6}{'Access':>8}{'Practice':>10}{'SEO':>6}{'Speed':>7}")
    for name, address, targets in pages:
        errors = html[address]
        amiss += [f"{address} {error}" for error in errors]
        report = judge(site + address, targets) if targets else None
        cells = []
        for category in (*FULL_SCORE, *QUICK):
            points, reasons = score(report, category) if category in targets else ("", [])
            cells.append(points)
            if category in targets and points < targets[category]:
                amiss.append(f"{address} {category} {points}: {'; '.join(reasons)}")
        print(f"{name:26}{len(errors):>6}{cells[0]:>8}{cells[1]:>10}{cells[2]:>6}{cells[3]:>7}", flush=True)
    print("\n" + ("\n".join(amiss) if amiss else "Nothing is amiss."))
    return len(amiss)


def free_port():
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return str(probe.getsockname()[1])


def main():
    look_for_what_is_needed()
    for name, value in DEMONSTRATION.items():
        os.environ[name] = os.environ.get(name, "").strip() or value
    prepare()
    load_sample_into_empty_database()
    install_tools()
    port = free_port()
    server = start_server(port)
    try:
        wait_until_it_answers(server, port)
        return 1 if audit(f"http://{HOST}:{port}", find_pages()) else 0
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
