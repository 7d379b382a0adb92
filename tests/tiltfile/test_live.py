"""k8s/dev/live.sh: the first process of the pods that Tilt updates."""

import os
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from tilt import ROOT

# Prints its name and arguments. Exits with success on a signal, and with failure when the pipe is
# closed.
PROGRAM = """#!{python}
import os, signal, sys
def end(*_):
    print("{name} ends", flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
with open(os.environ["PIPE"]) as pipe:
    print("{name}", *sys.argv[1:], flush=True)
    pipe.read()
sys.exit(7)
"""


class Live(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.packed, self.fresh, self.pipe = (Path(directory.name) / name for name in ("packed", "fresh", "pipe"))
        os.mkfifo(self.pipe)
        # Opens both ends, so that programs wait for a line until this end is closed.
        self.held = os.open(self.pipe, os.O_RDWR)
        self.addCleanup(lambda: self.held is not None and os.close(self.held))
        self.write(self.packed, "packed")
        environment = {**os.environ, "IMAGE_PROGRAM": str(self.packed), "LIVE_PROGRAM": str(self.fresh), "PIPE": str(self.pipe)}
        self.live = subprocess.Popen(["sh", ROOT / "k8s/dev/live.sh", "run"], env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True)
        self.addCleanup(self.live.stdout.close)
        self.addCleanup(self.live.wait)
        self.addCleanup(self.kill)
        self.assertEqual(self.line(), "packed run")
        # The number to which a live update sends its signal.
        self.assertEqual(int((self.fresh.parent / "pid").read_text()), self.live.pid)

    def write(self, path, name):
        path.write_text(PROGRAM.format(python=sys.executable, name=name))
        path.chmod(0o755)

    def kill(self):
        if self.live.poll() is None:
            os.killpg(self.live.pid, signal.SIGKILL)

    def line(self):
        return self.live.stdout.readline().strip()

    def test_starts_what_was_put_beside_the_image(self):
        self.write(self.fresh, "fresh")
        self.live.send_signal(signal.SIGUSR1)
        self.assertEqual([self.line(), self.line()], ["packed ends", "fresh run"])
        self.live.send_signal(signal.SIGUSR1)
        self.assertEqual([self.line(), self.line()], ["fresh ends", "fresh run"])
        self.end()

    def test_ends_with_the_program_when_the_pod_does(self):
        self.end()

    def end(self):
        self.live.send_signal(signal.SIGTERM)
        self.assertEqual(self.live.wait(timeout=10), 0)
        self.assertIn("ends", self.line())

    def test_ends_as_the_program_does(self):
        os.close(self.held)
        self.held = None
        self.assertEqual(self.live.wait(timeout=10), 7)


if __name__ == "__main__":
    unittest.main()
