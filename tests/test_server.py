"""The connection of `make lab`: as the usual one, and every message leaves at once."""

import re
from types import SimpleNamespace

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from traitlets.utils.importstring import import_item

from helpers import author
from helpers.server import Connection


def test_messages_leave_at_once(monkeypatch):
    done = []
    monkeypatch.setattr(ZMQChannelsWebsocketConnection, "connect", lambda self: done.append("connected"))
    connection = Connection.__new__(Connection)
    handler = SimpleNamespace(set_nodelay=lambda on: done.append(on))
    monkeypatch.setattr(Connection, "websocket_handler", handler)
    connection.connect()
    assert done == [True, "connected"]


def test_make_lab_uses_it():
    makefile = (author.ROOT / "Makefile").read_text(encoding="utf-8")
    (named,) = re.findall(r"kernel_websocket_connection_class=(\S+)", makefile)
    assert import_item(named) is Connection
