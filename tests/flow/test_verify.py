"""Our own extension: are images what they were when they were made?"""
import json
import os
import urllib.parse

from image_case import GraphCase


class Verify(GraphCase):
    def verify(self, name=None, status=200, version=None):
        """The objects of the answer: messages, images."""
        query = f"?name={urllib.parse.quote(name)}" if name is not None else ""
        reply = self.daemon.get(f"/staithe/v1/images/verify{query}", version=version)
        self.assert_status(reply, status)
        if status != 200:
            return reply.text
        self.assertEqual(reply.headers["content-type"], "application/json")
        objects = [json.loads(chunk) for chunk in reply.chunks]
        return [o for o in objects if "Id" not in o], [o for o in objects if "Id" in o]

    def test_every_image_is_good(self):
        child = self.child("busybox", "good", repo="good")
        for version in (None, "v1.0", "v1.6"):
            messages, images = self.verify(version=version)
            self.assertEqual({i["Id"] for i in images}, {self.image("busybox")["id"], child})
            for image in images:
                self.assertEqual(list(image), ["Id", "Tags", "Good", "Problem"])
                self.assertEqual((image["Good"], image["Problem"]), (True, ""))
            self.assertEqual(next(i["Tags"] for i in images if i["Id"] == child), ["good:latest"])
        self.assertEqual([i["Id"] for i in self.verify("good")[1]], [child])
        self.assertEqual(self.verify("nothing", 404), "No such image: nothing\n")

    def test_a_changed_byte_is_found(self):
        child = self.child("busybox", "marked", repo="marked")
        upper = self.child(child, "upper")
        path = next(os.path.join(folder, "marked") for folder, _, files in os.walk(self.daemon.state)
                    if "marked" in files and child in folder)
        self.assertEqual([i["Good"] for i in self.verify()[1]], [True] * 3)
        with open(path, "r+b") as f:
            f.write(b"M")
        image = self.verify("marked")[1][0]
        self.assertEqual((image["Id"], image["Good"]), (child, False))
        self.assertRegex(image["Problem"], f"^layer '{child}': ")
        images = {i["Id"]: i for i in self.verify()[1]}
        self.assertEqual({i for i in images if not images[i]["Good"]}, {child, upper})
        self.assertRegex(images[upper]["Problem"], f"^layer '{child}': ", "the one below is to blame")


class VerifyOnVfs(Verify):
    storage = "vfs"
