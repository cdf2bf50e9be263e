# A filter on pymilter and libmilter, for finding out whether MilterCrypt's milter client behaves as an MTA does: it does
# what the sender's local part says. Arguments: where to listen, in Sendmail's notation.
import sys

import Milter


class Foreign(Milter.Base):
    def connect(self, name, family, address):
        return Milter.CONTINUE

    def hello(self, name):
        return Milter.CONTINUE

    def envfrom(self, path, *arguments):
        self.order = path.strip("<>").split("@")[0]
        if self.order == "reject-mail":
            return Milter.REJECT
        if self.order == "words":
            self.setreply("554", "5.7.1", "no 100%% key", "ask alice")
            return Milter.REJECT
        return Milter.ACCEPT if self.order == "accept-mail" else Milter.CONTINUE

    def envrcpt(self, path, *arguments):
        return Milter.TEMPFAIL if path == "<later@b.example>" else Milter.CONTINUE

    def data(self):
        return Milter.DISCARD if self.order == "discard-data" else Milter.CONTINUE

    def unknown(self, command):
        self.setreply("502", "5.5.1", command)
        return Milter.REJECT

    def header(self, name, value):
        return Milter.REJECT if self.order == "reject-header" else Milter.CONTINUE

    def eoh(self):
        return Milter.CONTINUE

    def body(self, piece):
        return Milter.SKIP if self.order == "skip-body" else Milter.CONTINUE

    def eom(self):
        if self.order == "edit":
            self.chgfrom("<x@a.example>", "RET=HDRS")
            self.addrcpt("<dave@d.example>")
            self.addrcpt("<erin@e.example>", "NOTIFY=NEVER")
            self.delrcpt("<bob@b.example>")
            self.chgheader("Subject", 1, "changed")
            self.addheader("X-New", "new")
            self.progress()
            self.replacebody("new body\r\n")
        if self.order == "hold":
            self.quarantine("look at it")
        return Milter.TEMPFAIL if self.order == "tempfail" else Milter.CONTINUE


Milter.factory = Foreign
Milter.set_flags(
    Milter.ADDHDRS | Milter.CHGBODY | Milter.ADDRCPT | Milter.DELRCPT | Milter.CHGHDRS | Milter.QUARANTINE
    | Milter.CHGFROM | Milter.ADDRCPT_PAR)
Milter.runmilter("foreign", sys.argv[1], 60)
