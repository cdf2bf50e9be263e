#!/usr/bin/python3
"""echo-milter.py SOCKET: noop-milter.c's job ("as-encrypted" without the growth) on pymilter, Python's binding of
Sendmail's own library: told sender, recipients and header, it hands each body back with a header field added.
SOCKET is in that library's notation: local:/path or inet:port@host. Needs Debian's python3-milter."""
import sys

import Milter


class Echo(Milter.Base):
    def __init__(self):
        self.pieces = []

    def envfrom(self, sender, *arguments):
        self.pieces = []
        return Milter.CONTINUE

    def envrcpt(self, recipient, *arguments):
        return Milter.CONTINUE

    def header(self, name, value):
        return Milter.CONTINUE

    def eoh(self):
        return Milter.CONTINUE

    def body(self, piece):
        self.pieces.append(piece)
        return Milter.CONTINUE

    def eom(self):
        self.addheader("X-Filter", "echo")
        self.replacebody(b"".join(self.pieces))
        return Milter.ACCEPT


Milter.factory = Echo
Milter.set_flags(Milter.ADDHDRS | Milter.CHGBODY)
Milter.runmilter("echo", sys.argv[1], 60)
