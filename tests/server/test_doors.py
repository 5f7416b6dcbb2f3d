"""Who may come in: host names, origins, closed addresses, headers; asked of the real server."""

import http.client
import socket
from contextlib import closing
from urllib.parse import urlencode, urljoin, urlsplit

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from benchmarks.visitor import Visitor
from pages.places import PLACES
from pages.serving.doors import Doors, to_start
from tests.server.conftest import COURSE, NAME, finished


def ask(server, path="/", method="GET", body=None, **headers):
    """Status, headers and text of an answer."""
    address = urlsplit(server.url)
    with closing(http.client.HTTPConnection(address.hostname, address.port, timeout=30)) as client:
        client.request(method, path, body, headers)
        answer = client.getresponse()
        return answer.status, answer.headers, answer.read().decode("utf-8", "replace")


def socket_status(server, host=None, **headers):
    """What the websocket answers: 101 when it opens."""

    async def status():
        address = urlsplit(server.url)
        url = f"ws://{host or address.netloc}/_stcore/stream"
        try:
            async with connect(url, host=address.hostname, port=address.port, additional_headers=headers):
                return 101
        except InvalidStatus as error:
            return error.response.status_code

    return finished(status())


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "a@127.0.0.1", "x" * 300, "[::1"]
)
def test_a_name_that_was_not_given_is_refused_with_one_sentence(server, host):
    status, _headers, text = ask(server, Host=host)
    assert status == 421
    assert "BACKPROP_HOSTS" in text and "\n" not in text and len(text) < 250
    if host.endswith(".example"):
        assert socket_status(server, host) == 403


@pytest.mark.parametrize("host", ["127.0.0.1", "192.168.1.5:80", "[::1]:8501", "[2001:db8::1]", "localhost:1", "LOCALHOST"])
def test_addresses_and_localhost_are_welcome(server, host):
    assert ask(server, "/_stcore/health", Host=host)[0] == 200


def test_names_that_were_given_are_welcome():
    doors = Doors(None, hosts="tutor.example.org, *.uni.example", embed="")
    for host in ("tutor.example.org", "Tutor.Example.org:443", "tutor.example.org.", "a.uni.example", "b.a.uni.example"):
        assert doors.knows(host), host
    for host in ("uni.example", "x.tutor.example.org", "notuni.example", "example.org", "", ".", "a b", "tutor.example.org:x"):
        assert not doors.knows(host), host
    assert Doors(None, hosts="*", embed="").knows("anything.example")


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", "https://localhost", "garbage", "http://["])
def test_a_page_from_elsewhere_gets_no_socket_and_no_answer(server, origin):
    assert socket_status(server, Origin=origin) == 403
    assert ask(server, "/_stcore/health", Origin=origin)[0] == 403
    assert ask(server, "/make/notebook", "POST", "{}", Origin=origin)[0] == 403


def test_a_page_from_here_is_welcome(server):
    assert socket_status(server, Origin=server.url) == 101
    assert ask(server, "/_stcore/health", Origin=server.url)[0] == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE"])
def test_what_no_page_needs_is_closed(server, method):
    for path in (
        "/_stcore/metrics", "/_stcore/upload_file/a/b", "/_stcore/agent/openapi.json", "/_stcore/agent/interact", "/media/x.png",
        "/_stcore/script-health-check", "/_stcore/", "/auth/login", "/oauth2callback", "/%5fstcore/metrics",
    ):  # fmt: skip
        assert ask(server, path, method)[0] == 404, path


def test_every_answer_has_the_headers(server):
    for path in ("/", "/backward", "/_stcore/health", "/_stcore/metrics", "/make/notebook", "/nothing/there", "/static/none.js"):
        headers = ask(server, path)[1]
        policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
        assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'self'"
        assert policy["object-src"] == "'none'"
        assert "unsafe" not in policy["script-src"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"


def test_a_page_of_the_course_may_show_the_app_where_the_setting_says_so(two):
    policy = ask(two, Host=NAME)[1]["Content-Security-Policy"]
    assert policy.endswith(f"frame-ancestors 'self' {COURSE}")


@pytest.mark.parametrize(
    "embed", ["moodle.example.org", "https://a.example; script-src *", "https://a.example/x", "'unsafe-inline'"]
)
def test_a_wrong_setting_is_named_at_the_start(embed):
    with pytest.raises(ValueError, match="BACKPROP_EMBED"):
        Doors(None, hosts="", embed=embed)


def test_an_address_of_8000_signs_opens_the_page(server):
    assert ask(server, "/backward?e=" + "x" * 8000)[0] == 200


def sent_to(server, path, accept="text/html,*/*;q=0.8"):
    """Where a browser is sent that asks for that page, as an address of this server; empty where it is not sent on."""
    status, headers, _text = ask(server, path, Accept=accept)
    return urljoin(path, headers["Location"]) if status in (301, 302) else ""


def test_an_address_that_is_no_page_leads_to_the_start(server):
    for path in ("/forward/xyz", "/forward/xyz/", "/xyz", "/a/b/c"):
        assert sent_to(server, path) == "/?" + urlencode({"missing": path[1:]}), path
    assert sent_to(server, "/forward/xyz?lang=zh&missing=1") == "/?lang=zh&missing=forward%2Fxyz"
    assert sent_to(server, "/start") == "/"
    assert sent_to(server, "/<script>/x").startswith("/?missing=%3Cscript%3E")


def test_what_is_a_page_or_none_of_a_visitor_is_not_sent_on(server):
    for path in ("/", *(f"/{page}" for page in PLACES if page != "start"), "/_stcore/health", "/static/none.js", "/favicon.png"):
        assert sent_to(server, path) == "", path
    assert sent_to(server, "/forward/") == "/forward"
    for path in ("/forward/_stcore/host-config", "/drawn/x/picture.js", "/forward/xyz"):
        assert sent_to(server, path, accept="*/*") == "", path


def test_below_a_path_of_its_own_the_way_to_the_start_is_the_same():
    scope = {"path": "/tutor/forward/xyz", "query_string": b""}
    assert to_start(scope, "tutor").headers["location"] == ".././?missing=forward%2Fxyz"
    assert to_start({**scope, "path": "/tutor/forward"}, "/tutor/") is None
    assert to_start({**scope, "path": "/tutorial/xyz"}, "tutor") is None


def test_a_request_without_a_host_is_no_error(server):
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), 10) as raw:
        raw.sendall(b"GET /_stcore/health HTTP/1.0\r\n\r\n")
        assert b"200" in raw.recv(1000)


def test_a_visit_works(server):
    async def visit():
        visitor = await Visitor(server.url, "backward").come(Origin=server.url)
        await visitor.leave()
        return visitor.data

    assert any(key.startswith("stage") for key in finished(visit()))
