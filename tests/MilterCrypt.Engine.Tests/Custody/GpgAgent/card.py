#!/usr/bin/python3
"""What gpg-agent takes for its scdaemon, with an OpenPGP card in it that has two RSA keys: a card in all that the agent sees of it.

Beside this file, card.txt has a line of four hexadecimal words for each key: keygrip, modulus, private exponent, and the PIN
state: "open" for one that was verified, "closed" for one that has to be asked for, "gone" for a card that isn't there."""
import os
import sys

SERIAL = b"D2760001240103040006123456780000"
CARD_ERROR, CARD_NOT_PRESENT, BAD_PIN, NO_SUCH_KEY = 100663404, 100663408, 100663383, 100663313

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "card.txt"), encoding="ascii") as file:
    keys = {grip: (int(n, 16), int(d, 16), state) for grip, n, d, state in map(str.split, file)}


def say(line):
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


def fail(number, text):
    say(b"ERR %d %s <SCD>" % (number, text))


def give(octets):
    for start in range(0, len(octets), 300):
        say(b"D " + octets[start:start + 300].replace(b"%", b"%25").replace(b"\r", b"%0D").replace(b"\n", b"%0A"))
    say(b"OK")


def is_verified(state):
    if state == "open":
        return True
    say(b"INQUIRE NEEDPIN ||Please unlock the card")
    answer = sys.stdin.buffer.readline()
    while answer.startswith(b"D "):
        answer = sys.stdin.buffer.readline()
    fail(BAD_PIN, b"Bad PIN")
    return False


def use(grip, data, work):
    if grip not in keys:
        fail(NO_SUCH_KEY, b"No secret key")
        return
    n, d, state = keys[grip]
    length = (n.bit_length() + 7) // 8
    if is_verified(state):
        work(data, length, lambda number: pow(number, d, n).to_bytes(length, "big"))


def sign(data, length, private):
    block = b"\0\1" + b"\xff" * (length - len(data) - 3) + b"\0" + data
    give(private(int.from_bytes(block, "big")))


def decrypt(data, length, private):
    block = private(int.from_bytes(data, "big"))
    end = block.find(b"\0", 2)
    if block[:2] != b"\0\2" or end < 10:
        fail(CARD_ERROR, b"Card error")
        return
    say(b"S PADDING 0")
    give(block[end + 1:])


data = b""
say(b"OK a card")
for line in sys.stdin.buffer:
    words = line.split()
    command = words[0] if words else b""
    if command == b"SERIALNO" and any(state == "gone" for _, _, state in keys.values()):
        fail(CARD_NOT_PRESENT, b"Card not present")
    elif command == b"SERIALNO":
        say(b"S SERIALNO " + SERIAL)
        say(b"OK")
    elif command == b"SETDATA":
        data = (data if words[1] == b"--append" else b"") + bytes.fromhex(words[-1].decode())
        say(b"OK")
    elif command == b"PKSIGN":
        use(words[-1].decode(), data, sign)
    elif command == b"PKDECRYPT":
        use(words[-1].decode(), data, decrypt)
    elif command == b"BYE":
        say(b"OK")
        break
    else:
        say(b"OK")
