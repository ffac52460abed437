"""Runs a command on a terminal of its own and answers its question.

    python3 terminal.py [--columns N] [--after TEXT] ANSWER COMMAND [WORD ...]

waits for "[y/N] ", or for TEXT, types ANSWER (with backslash escapes: \\n is Enter, \\x04 the end of
input) and prints all that the terminal showed. Its exit status is the command's. The terminal has
as many lines as TERMINAL_LINES says; without it and N, it does not say how large it is.
"""

import argparse
import fcntl
import os
import pty
import signal
import struct
import sys
import termios


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--columns", type=int)
    parser.add_argument("--after", default="[y/N] ")
    parser.add_argument("answer")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    given = parser.parse_args()
    answer = given.answer.encode().decode("unicode_escape").encode()
    child, terminal = pty.fork()
    if child == 0:
        # A shell leaves no signal blocked or ignored, unlike what may start this program.
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        lines = os.environ.pop("TERMINAL_LINES", None)
        if lines or given.columns:
            size = struct.pack("HHHH", int(lines or 24), given.columns or 80, 0, 0)
            fcntl.ioctl(0, termios.TIOCSWINSZ, size)
        os.execvp(given.command[0], given.command)
    shown, answered = b"", False
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:
            break
        if not piece:
            break
        shown += piece
        if not answered and given.after.encode() in shown:
            os.write(terminal, answer)
            answered = True
    sys.stdout.buffer.write(shown)
    sys.stdout.flush()
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) % 256)


if __name__ == "__main__":
    main()
