"""Downloads and uploads behind one port with two processes: whichever process a request meets, it is answered."""

import asyncio
import http.client
import json
from contextlib import closing
from dataclasses import asdict
from io import BytesIO
from urllib.parse import quote, urlsplit

import pytest
from pypdf import PdfReader
from streamlit.components.v2.bidi_component.main import _make_trigger_id

from benchmarks.visitor import Visitor
from lessons.example import PRESETS, WORKED
from lessons.exports import BANKS, EXPORTS, exam_sheet, exported, of_example, posted
from lessons.practice.exercise import Exercise
from lessons.practice.progress import Attempt, Progress
from lessons.sheets import Kind, Settings, archive
from tests.server.conftest import finished

SHEETS = Settings(variants=1, update=None, blank=("z",))
DONE = Progress((Attempt("dW.2.1.1", "0.1", "unknown"), Attempt("z.1.1", "−0.9", "right")))


def fetch(server, path, body=None, **headers):
    """Status, type and bytes of an answer; over a connection of its own, which either process may take."""
    address = urlsplit(server.url)
    with closing(http.client.HTTPConnection(address.hostname, address.port, timeout=120)) as client:
        client.request("GET" if body is None else "POST", path, body, headers)
        answer = client.getresponse()
        return answer.status, answer.headers["Content-Type"], answer.read()


async def together(count, *call):
    return await asyncio.gather(*(asyncio.to_thread(*call) for _ in range(count)))


def offered(server, page, key, presses=5):
    """What the download button of that key posts, for so many presses by each of 8 visitors, all at once."""

    async def visit():
        visitor = await Visitor(server.url, page).come()
        data = visitor.data[key]
        answers = await together(presses, fetch, server, f"/{data['address']}", data["body"].encode())
        await visitor.leave()
        return answers

    async def all_of_them():
        return [answer for _ in range(2) for each in await asyncio.gather(*(visit() for _ in range(4))) for answer in each]

    return finished(all_of_them())


def test_40_notebooks(two):
    wanted = of_example(WORKED).encode()
    for status, kind, made in offered(two, "check", "take.notebook"):
        assert (status, kind) == (200, "application/x-ipynb+json")
        assert made == wanted


def test_every_file_is_answered_by_either_process(two):
    asked = {kind: WORKED.to_json() for kind in EXPORTS} | {kind: SHEETS.to_json() for kind in (*BANKS, *Kind)}
    types = {kind: export.media for kind, export in (EXPORTS | BANKS).items()}
    for kind, body in asked.items():
        call = fetch, two, f"/make/{kind}", body.encode()
        found = [fetch(*call[1:]), *finished(together(3, *call))]  # what takes a process of its own is made once
        assert len(set(found)) == 1, kind
        status, media, made = found[0]
        assert (status, media.partition(";")[0]) == (200, types.get(kind, "application/pdf")), kind
        assert kind not in EXPORTS or made == exported(kind, WORKED)


@pytest.mark.thorough
def test_16_latex_sources(two):
    wanted = archive(Settings.of(WORKED, variants=30))
    for status, kind, made in offered(two, "worksheet", "sheet.latex", presses=2):
        assert (status, kind) == (200, "application/zip")
        assert made == wanted


def test_40_saved_progresses(two):
    for status, kind, made in offered(two, "practice", "progress.save"):
        assert (status, kind) == (200, "application/json")
        assert Progress.from_json(made.decode()) == Progress()


def test_40_pdfs_of_which_one_is_made_and_the_others_found(two):
    made = finished(together(40, fetch, two, "/make/sheet?lang=en", SHEETS.to_json().encode()))
    assert {(status, kind) for status, kind, _made in made} == {(200, "application/pdf")}
    assert len({data for _status, _kind, data in made}) == 1
    assert len(PdfReader(BytesIO(made[0][2])).pages) == 1
    folder = next(two.temporary.glob("backprop-sheets-*"))
    assert folder.stat().st_mode & 0o777 == 0o700
    for file in folder.iterdir():  # nothing made is lost, should the folder be emptied
        file.unlink()
    assert fetch(two, "/make/sheet", SHEETS.to_json().encode())[2] == made[0][2]


def test_40_previews(two):
    address = "/make/preview?settings=" + quote(SHEETS.to_json())
    made = finished(together(40, fetch, two, address))
    assert {(status, kind, data[:4]) for status, kind, data in made} == {(200, "image/png", b"\x89PNG")}


def test_20_uploads(two):
    async def visit():
        visitor = await Visitor(two.url, "practice").come()
        visitor.widgets["file"] = _make_trigger_id(visitor.widgets["progress.file"], "events")
        sent = [{"event": "file", "value": {"count": 1, "name": "p.json", "text": DONE.to_json()}}]
        await visitor.act("file", json_trigger_value=json.dumps(sent))
        await visitor.leave()
        return visitor.data["progress.save"]["body"]

    async def all_of_them():
        return [body for _ in range(4) for body in await asyncio.gather(*(visit() for _ in range(5)))]

    assert {Progress.from_json(body) for body in finished(all_of_them())} == {DONE}


def test_a_file_that_is_no_progress_gets_a_sentence_and_changes_nothing(two):
    async def visit():
        visitor = await Visitor(two.url, "practice").come()
        visitor.widgets["file"] = _make_trigger_id(visitor.widgets["progress.file"], "events")
        for count, text in enumerate(["", "{}", "\ufffd", '{"attempts": [1]}', "x" * 4_000_001, 7, None, ["x"]], 1):
            sent = [{"event": "file", "value": {"count": count, "name": "p.json", "text": text}}]
            await visitor.act("file", json_trigger_value=json.dumps(sent))
            told = any("not a saved progress" in said for said in visitor.said)
            assert told or not isinstance(text, str) or len(text) > 4_000_000, text
        await visitor.leave()
        return visitor.data["progress.save"]["body"]

    assert Progress.from_json(finished(visit())) == Progress()


def test_40_sheets_of_an_exam(two):
    exam = Exercise(mode="exam", seed=7, started=1.7e9, ended=True)
    made = finished(together(40, fetch, two, "/make/exam?lang=en", posted(exam, WORKED).encode()))
    assert {status for status, _media, _sheet in made} == {200}
    assert {sheet.decode() for _status, _media, sheet in made} == {exam_sheet(exam, WORKED)}


@pytest.mark.parametrize("kind", ["notebook", "pytorch", "progress", "exam", "latex", "key", "moodle"])
@pytest.mark.parametrize(
    "body", [b"", b"{", b"null", b"[]", b'{"W": 1}', b"\xff\xfe", b"\x00" * 1000, b"[" * 5000, b'{"attempts": 3}', b"1e999"]
)
def test_nonsense_gets_a_sentence(two, kind, body):
    status, media, text = fetch(two, f"/make/{kind}?lang=zh", body)
    assert (status, media) == (422, "text/plain; charset=utf-8")
    assert not text.decode().isascii()


def test_a_foreign_field_or_value_gets_a_sentence(two):
    example = json.loads(WORKED.to_json())
    for change in ({"new": 1}, {"lr": "x"}, {"x": [1]}, {"W": [[["a"]]]}, {"language": "../etc"}, {"memory": "{}"}):
        status, _kind, text = fetch(two, "/make/notebook", json.dumps(example | change).encode())
        assert status == 422, change
        assert b"Traceback" not in text
    paper = 'a4"); #read("/etc/passwd'
    for change in ({"sizes": [9] * 9}, {"variants": 10**9}, {"notation": "x"}, {"blank": []}, {"paper": paper}):
        assert fetch(two, "/make/sheet", json.dumps(asdict(SHEETS) | change).encode())[0] == 422, change


@pytest.mark.parametrize(("kind", "size"), [("notebook", 10**6), ("sheet", 10**5), ("latex", 10**5), ("progress", 5 * 10**6)])
def test_too_much_gets_a_sentence(two, kind, size):
    status, _media, text = fetch(two, f"/make/{kind}", b" " * size)
    assert status == 422
    assert b"too much" in text


def test_a_picture_in_a_page_from_elsewhere_is_refused(two):
    address = "/make/preview?settings=" + quote(SHEETS.to_json())
    assert fetch(two, address, **{"Sec-Fetch-Site": "cross-site"})[0] == 403
    assert fetch(two, address, **{"Sec-Fetch-Site": "same-origin"})[0] == 200


def test_the_notebook_speaks_the_language_of_the_example(two):
    example = PRESETS["classifier"][1].with_(language="zh", optimiser="Adam")
    status, _kind, made = fetch(two, "/make/notebook?lang=zh", example.to_json().encode())
    assert status == 200
    assert made == of_example(example).encode()
    assert "前向传播" in made.decode()
