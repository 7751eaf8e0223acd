"""Fetching: a local server that serves the right file, a wrong one, half of one, or nothing."""

import hashlib
import http.server
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from microgpt.data import DataError
from microgpt.terminal import fetch as module
from microgpt.terminal.documents import data_set
from microgpt.terminal.fetch import cached
from microgpt.terminal.fetch import fetched as fetch

NAMES = b"emma\nolivia\nava\n"
SHA256 = hashlib.sha256(NAMES).hexdigest()


class Server(http.server.BaseHTTPRequestHandler):
    """The path says how to answer."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.path == "/missing":
            self.send_error(404)
            return
        body = b"<html>Log in to the network</html>" if self.path == "/wrong" else NAMES
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.path == "/nothing":
            return
        self.wfile.write(body[: len(body) // 2] if self.path == "/half" else body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(module, "cached", lambda: tmp_path / "cache" / "makemore-names.txt")
    monkeypatch.setattr(Server, "asked", [], raising=False)
    with http.server.HTTPServer(("127.0.0.1", 0), Server) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


def test_the_right_file_is_fetched_once_and_kept(server: str) -> None:
    for _ in range(2):
        assert fetch(f"{server}/names", SHA256).read_bytes() == NAMES
    assert Server.asked == ["/names"]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("wrong", "what came is not the file it should be (another SHA-256)"),
        ("half", "no connection to its server, or a broken one"),
        ("nothing", "no connection to its server, or a broken one"),
        ("missing", "its server answered 404"),
    ],
)
def test_anything_else_is_refused_and_not_kept(server: str, path: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(DataError) as refused:
        fetch(f"{server}/{path}", SHA256)
    assert words in str(refused.value)
    assert "use --dataset names, which needs no network, or --input FILE" in str(refused.value)
    assert [kept for kept in tmp_path.rglob("*") if kept.is_file()] == []


def test_a_damaged_file_in_the_cache_is_fetched_again(server: str) -> None:
    path = fetch(f"{server}/names", SHA256)
    path.write_bytes(NAMES[:3])
    assert fetch(f"{server}/names", SHA256).read_bytes() == NAMES
    path.write_bytes(NAMES[:3])
    with pytest.raises(DataError):
        fetch(f"{server}/wrong", SHA256)


def test_no_server_at_all(server: str) -> None:
    with pytest.raises(DataError, match="no connection"):
        fetch("http://127.0.0.1:9/names", SHA256)


def test_a_cache_that_cannot_be_written(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(module, "cached", lambda: tmp_path / "file" / "makemore-names.txt")
    with pytest.raises(DataError, match="cannot fetch"):
        fetch(f"{server}/names", SHA256)


def test_the_command_line_without_a_network(tmp_path: Path) -> None:
    nowhere = {"https_proxy": "http://127.0.0.1:9", "XDG_CACHE_HOME": str(tmp_path), "HOME": str(tmp_path)}
    command = [sys.executable, "-m", "microgpt", "--dataset", "makemore", "--no-save"]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **nowhere}, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    first, *_, last = done.stderr.splitlines()
    assert first.startswith(
        "Downloading data from 'https://raw.githubusercontent.com/karpathy/makemore/988aa59/"
    )
    assert str(tmp_path) in first
    assert last.startswith(
        "microgpt: cannot fetch https://raw.githubusercontent.com/karpathy/makemore/988aa59/"
    )
    assert last.endswith("use --dataset names, which needs no network, or --input FILE")
    assert "Traceback" not in done.stderr


def test_the_file_is_kept_in_the_users_cache() -> None:
    assert cached().parts[-2:] == ("microgpt", "makemore-names.txt") or sys.platform == "win32"


def test_an_unknown_data_set_suggests_the_nearest() -> None:
    with pytest.raises(DataError, match="did you mean 'makemore'"):
        data_set("makemor")
    with pytest.raises(DataError, match=r"there is no data set 'zzz'; there are: names, cities,.*makemore"):
        data_set("zzz")
