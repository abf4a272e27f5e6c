"""Become another program that ends when the process that started it ends.

Run as a script, by its path: `python child_process.py PARENT SIGNAL NICENESS PROGRAM ARGUMENT…`. It asks the kernel
(Linux: PR_SET_PDEATHSIG, which survives `exec`) for SIGNAL when its parent dies, however the parent dies, lowers its
own priority by NICENESS and turns into PROGRAM. So no process is left behind even by `kill -9`, with no thread, no
heartbeat and no extra process. The alternative, a pipe that each child watches for its end, needs a thread in
gunicorn's master, which forks: threads and forks do not mix.

A script of its own, not a `preexec_fn`: Python's documentation calls that unsafe once the parent has threads, and
importing NumPy is enough to have some. Elsewhere than on Linux the first step is left out: gunicorn's workers still
end with their master, but after a `kill -9` of the command its children have to be stopped by hand.

Nothing of this project is imported: the script must start in milliseconds.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


def end_with_parent(parent: int, with_signal: int) -> None:
    """Ask the kernel to send this process `with_signal` when `parent` ends; end now if it already has."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(PR_SET_PDEATHSIG, with_signal, 0, 0, 0) != 0:
            number = ctypes.get_errno()
            raise OSError(number, f"prctl(PR_SET_PDEATHSIG): {os.strerror(number)}")
    if os.getppid() != parent:  # it died before the request was made
        os.kill(os.getpid(), signal.SIGKILL)


def main(arguments: list[str]) -> None:
    """Do as the module says."""
    parent, with_signal, niceness, *program = arguments
    end_with_parent(int(parent), int(with_signal))
    os.nice(int(niceness))
    os.execv(program[0], program)  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main(sys.argv[1:])
