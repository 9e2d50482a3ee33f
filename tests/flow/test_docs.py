"""Examples in the documentation are run as they stand: every block below a line `<!-- run -->`."""
import os
import re
import subprocess


from case import SharedDaemonCase
from daemon import program

SOURCE = os.environ["STAITHE_SOURCE"]


def examples(path):
    with open(os.path.join(SOURCE, path)) as f:
        text = f.read()
    for block in re.findall(r"<!-- run -->\n\n((?:    .*\n|\n(?=    ))+)", text):
        yield "\n".join(line[4:] for line in block.splitlines())


class DocsFlow(SharedDaemonCase):
    image = False

    def test_guides(self):
        self.run_examples("docs/operating.md", at_least=2)  # imports the image that the others use
        self.run_examples("docs/cli.md", at_least=3)
        self.run_examples("docs/containers.md", at_least=5)
        self.run_examples("docs/images.md", at_least=5)

    def run_examples(self, path, at_least):
        folder = os.path.join(self.daemon.root, "examples")
        os.makedirs(folder, exist_ok=True)
        env = {**os.environ, "STAITHE_HOST": f"unix://{self.daemon.socket}",
               "PATH": os.path.dirname(program("staithe")) + ":" + os.environ["PATH"]}
        blocks = list(examples(path))
        self.assertGreaterEqual(len(blocks), at_least, path)
        for block in blocks:
            with self.daemon.net:  # for what examples publish
                done = subprocess.run(["bash", "-euo", "pipefail", "-c", block], cwd=folder, env=env, capture_output=True,
                                      timeout=120)
            self.assertEqual(done.returncode, 0, f"{path}:\n{block}\n{done.stdout.decode()}\n{done.stderr.decode()}")

    def test_manual_pages_name_every_flag_of_the_daemon(self):
        text = subprocess.run([program("staithed"), "--help"], capture_output=True, text=True).stdout
        with open(os.path.join(SOURCE, "packaging/man/staithed.8")) as f:
            page = f.read().replace("\\-", "-")
        flags = re.findall(r"--([a-z][a-z-]+)", text)
        self.assertGreater(len(flags), 15)
        self.assertEqual([f for f in flags if f not in page], [])


