"""Runs a command on a terminal of its own and answers its question.

    python3 terminal.py ANSWER COMMAND [WORD ...]

waits for "[y/N] ", types ANSWER (with backslash escapes: \\n is Enter, \\x04 the end of input) and
prints all that the terminal showed. Its exit status is the command's. The terminal has as many lines
of 80 columns as TERMINAL_LINES says; without it, it does not say how large it is.
"""

import fcntl
import os
import pty
import signal
import struct
import sys
import termios


def main():
    answer = sys.argv[1].encode().decode("unicode_escape").encode()
    child, terminal = pty.fork()
    if child == 0:
        # A shell leaves no signal blocked, unlike a test that starts this program.
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        if lines := os.environ.pop("TERMINAL_LINES", None):
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", int(lines), 80, 0, 0))
        os.execvp(sys.argv[2], sys.argv[2:])
    shown, answered = b"", False
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:
            break
        if not piece:
            break
        shown += piece
        if not answered and b"[y/N] " in shown:
            os.write(terminal, answer)
            answered = True
    sys.stdout.buffer.write(shown)
    sys.stdout.flush()
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) % 256)


if __name__ == "__main__":
    main()
