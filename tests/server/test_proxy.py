"""The nginx configuration of the README in front of two processes: pages, websockets, long addresses, downloads."""

import re
import shutil
import socket
import subprocess
import time

import pytest

from benchmarks.visitor import Visitor
from lessons.example import WORKED
from lessons.exports import of_example
from lessons.practice.progress import Attempt, Progress
from lessons.sheets import Settings
from tests.server.conftest import NAME, ROOT, finished, free_port
from tests.server.test_doors import ask, socket_status

NGINX = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")


@pytest.fixture(scope="module")
def proxy(tmp_path_factory, server, two):
    """nginx on a free port; what stands in the README but for the three ports."""
    if not NGINX:
        pytest.skip("there is no nginx (Debian: apt-get install nginx-light)")
    folder = tmp_path_factory.mktemp("proxy")
    port = free_port()
    [block] = re.findall(r"```nginx\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    for wanted, there in (
        ("listen 80;", f"listen 127.0.0.1:{port};"),
        ("server 127.0.0.1:8501;", f"server {server.url[7:]};"),
        ("server 127.0.0.1:8502;", f"server {two.url[7:]};"),
    ):
        assert block.count(wanted) == 1
        block = block.replace(wanted, there)
    own = "\n".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    text = f"user root; daemon off; pid {folder}/pid; error_log stderr; events {{}} http {{ access_log off; {own}\n{block}}}"
    (folder / "nginx.conf").write_text(text)
    log = (folder / "log").open("w")
    process = subprocess.Popen([NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")], stderr=log)
    try:
        deadline = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert process.poll() is None and time.monotonic() < deadline, (folder / "log").read_text()
                time.sleep(0.05)
        yield server._replace(url=f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def test_pages_and_websockets_by_the_name(proxy):
    for _ in range(6):
        assert ask(proxy, "/backward", Host=NAME)[0] == 200
        assert socket_status(proxy, NAME, Origin=f"http://{NAME}") == 101
        assert socket_status(proxy, NAME, Origin="http://evil.example") == 403


def test_addresses_of_8000_signs(proxy):
    assert ask(proxy, "/backward?e=" + "x" * 8000, Host=NAME)[0] == 200


@pytest.mark.thorough
def test_10_downloads_of_each_kind_and_visits_by_turns(proxy):
    notebook = of_example(WORKED)
    large = Progress(tuple(Attempt("z.1.1", "−" * 200, "unknown") for _ in range(2000))).to_json()
    sheets = Settings(variants=1, update=None, blank=("z",)).to_json()
    for _ in range(10):
        assert ask(proxy, "/make/notebook", "POST", WORKED.to_json(), Host=NAME)[2] == notebook
        assert ask(proxy, "/make/latex", "POST", sheets, Host=NAME)[2].startswith("PK")
        assert ask(proxy, "/make/sheet", "POST", sheets, Host=NAME)[2].startswith("%PDF")
    assert ask(proxy, "/make/progress", "POST", large, Host=NAME)[::2] == (200, large)

    async def visit():
        visitor = await Visitor(proxy.url, "backward").come()
        await visitor.act("next.backward", trigger_value=True)
        await visitor.leave()
        return visitor.data

    for _ in range(6):
        assert finished(visit())
