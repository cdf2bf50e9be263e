#!/usr/bin/python3
"""scripted-milter.py SOCKET SCRIPT: scripted-milter.c's job on pymilter, Python's binding of the same library; the script is
described there. Needs Debian's python3-milter."""
import sys

import Milter

LINE = b"A line of the new body, which is sixty-four bytes long in all.\r\n"


def label(text):
    return text.removeprefix("<").split("@")[0].split(".")[0]


def read_script(path):
    with open(path, encoding="utf-8") as file:
        return [line.rstrip("\n").replace("\\n", "\n").split("\t") for line in file]


class Scripted(Milter.Base):
    def run_step(self, scenario, step):
        for its_scenario, its_step, action, *arguments in SCRIPT:
            if (its_scenario, its_step) == (scenario, step):
                answer = getattr(self, "do_" + action)(*arguments)
                if answer is not None:
                    return answer
        return Milter.CONTINUE

    def do_accept(self):
        return Milter.ACCEPT

    def do_reject(self):
        return Milter.REJECT

    def do_tempfail(self):
        return Milter.TEMPFAIL

    def do_discard(self):
        return Milter.DISCARD

    def do_reply(self, code, status, *texts):
        # "100%" must be told as "100%%": the MTA takes replies for formats.
        return self.do_rawreply(code, status, *[text.replace("%", "%%") for text in texts])

    def do_rawreply(self, code, status, *texts):
        self.setreply(code, status, *texts)
        return Milter.REJECT if code.startswith("5") else Milter.TEMPFAIL

    def do_addheader(self, name, value):
        self.addheader(name, value)

    def do_insheader(self, place, name, value):
        self.addheader(name, value, int(place))

    def do_chgheader(self, place, name, value):
        self.chgheader(name, int(place), value)

    def do_body(self, length):
        self.replacebody((LINE * (int(length) // len(LINE) + 1))[:int(length)])

    def do_addrcpt(self, address, arguments=None):
        self.addrcpt(address, arguments)

    def do_delrcpt(self, address):
        self.delrcpt(address)

    def do_chgfrom(self, address, arguments=None):
        self.chgfrom(address, arguments)

    def do_quarantine(self, reason):
        self.quarantine(reason)

    def do_progress(self):
        self.progress()

    def connect(self, host, family, address):
        return self.run_step(label(host), "connect")

    def hello(self, name):
        return self.run_step(label(name), "helo")

    def envfrom(self, sender, *arguments):
        self.scenario = label(sender)
        return self.run_step(self.scenario, "mail")

    def envrcpt(self, recipient, *arguments):
        answer = self.run_step(self.scenario, "rcpt:" + label(recipient))
        return self.run_step(self.scenario, "rcpt") if answer == Milter.CONTINUE else answer

    def data(self):
        return self.run_step(self.scenario, "data")

    def header(self, name, value):
        return self.run_step(self.scenario, "header")

    def eoh(self):
        return self.run_step(self.scenario, "eoh")

    def body(self, piece):
        return self.run_step(self.scenario, "body")

    def eom(self):
        return self.run_step(self.scenario, "eom")


SCRIPT = read_script(sys.argv[2])
Milter.factory = Scripted
Milter.set_flags(Milter.ADDHDRS | Milter.CHGHDRS | Milter.CHGBODY | Milter.ADDRCPT | Milter.ADDRCPT_PAR | Milter.DELRCPT
                 | Milter.CHGFROM | Milter.QUARANTINE)
Milter.runmilter("scripted", sys.argv[1], 60)
