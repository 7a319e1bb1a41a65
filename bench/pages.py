"""What a browser loads: the first page with an empty cache, and the report of a letter with its picture."""

import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from bench.measure import Figure

EXAMPLE = Path(__file__).parent.parent / "examples" / "deficient_notice.pdf"
MOST = 150_000
BESIDE = "–"


@contextmanager
def service() -> Iterator[str]:
    """The address of a service in which everybody may do everything."""
    from objection_docs.service import scopes, server
    from objection_docs.settings import ServiceSettings

    everybody = scopes.Caller("bench", frozenset(scopes.SCOPES))
    with tempfile.TemporaryDirectory() as home:
        config = {"HOME": Path(home), "IDENTIFY": lambda: everybody, "FENCE": None}
        running = server.open_server(ServiceSettings(port=0), config)
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{running.port}"
        running.shutdown()
        thread.join()
        running.server_close()


def loaded(browser, address: str) -> tuple[int, int, int]:
    """Bytes over the wire, requests, and requests to another host; with an empty cache."""
    context = browser.new_context()
    page, sizes, hosts = context.new_page(), [], []
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.on("Network.loadingFinished", lambda said: sizes.append(said["encodedDataLength"]))
    page.on("request", lambda asked: hosts.append(urlsplit(asked.url).netloc))
    page.goto(address, wait_until="networkidle")
    context.close()
    return int(sum(sizes)), len(hosts), sum(host != urlsplit(address).netloc for host in hosts)


def checked(browser, base: str) -> str:
    """The address of the report of our example."""
    page = browser.new_page()
    page.goto(base)
    page.set_input_files("#file", EXAMPLE)
    page.click("#upload button[type=submit]")
    page.wait_for_url("**/log/*")
    address = page.url
    page.close()
    return address


def figures() -> list[Figure]:
    from playwright.sync_api import sync_playwright

    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with service() as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        first = loaded(browser, base)
        report = loaded(browser, checked(browser, base))
        browser.close()
    size, requests, elsewhere = first
    what = "first page, cold browser"
    return [
        Figure(what, f"{size / 1000:.0f} KB", BESIDE, "–", f"≤ {MOST // 1000} KB", size <= MOST),
        Figure(f"{what}: requests to other hosts", str(elsewhere), f"{requests} in all", "–", "0", elsewhere == 0),
        Figure("report of one page with its picture, cold", f"{report[0] / 1000:.0f} KB", BESIDE, "–", "–", True),
    ]
