"""What tests that make images and look at them share."""
import io
import re
import tarfile
import urllib.parse

from case import SharedDaemonCase
from version_case import small_tar


class Images:
    """self.daemon is there, and an image "busybox"."""

    def made(self, *script, image="busybox", **config):
        """A container that has run a script; it goes with the test, before the images that the test made."""
        container = self.daemon.create("sh", "-c", "; ".join(script), image=image, **config)
        self.addCleanup(self.daemon.delete, f"/containers/{container}?v=1")
        self.daemon.start_container(container)
        self.assertEqual(self.daemon.wait(container), 0, self.daemon.output(container, "v1.5"))
        return container

    def commit(self, container, body=None, status=201, version="v1.6", **query):
        query = urllib.parse.urlencode({"container": container, **query})
        reply = self.daemon.post(f"/commit?{query}", body, version=version)
        self.assertEqual(reply.status, status, reply)
        if status != 201:
            return reply
        self.assertRegex(reply.text, r'^\{"Id":"[0-9a-f]{12}"\}$')
        return self.remembered(reply.json()["Id"])

    def remembered(self, image):
        """Removed at the end of the test, if it is still there: youngest first."""
        self.addCleanup(lambda: self.daemon.delete(f"/images/{image}", version="v1.1"))
        return image

    def child(self, parent, mark, **query):
        """An image with one file more; the whole id."""
        container = self.daemon.create("sh", "-c", f"echo {mark} >/{mark}", image=parent)
        self.daemon.start_container(container)
        self.daemon.wait(container)
        image = self.commit(container, {"Cmd": ["cat", f"/{mark}"]}, **query)
        self.assertEqual(self.daemon.delete(f"/containers/{container}").status, 204)
        return self.image(image)["id"]

    def tag(self, name, repository, tag=None, status=201, **more):
        query = urllib.parse.urlencode({"repo": repository, **({"tag": tag} if tag is not None else {}), **more})
        reply = self.daemon.post(f"/images/{name}/tag?{query}")
        self.assertEqual(reply.status, status, reply)
        return reply

    def insert(self, name, url, path, status=200, version="v1.6"):
        query = urllib.parse.urlencode({"url": url, "path": path})
        reply = self.daemon.post(f"/images/{name}/insert?{query}", version=version)
        self.assertEqual(reply.status, status, reply)
        return reply

    def inserted(self, *arguments, **more):
        """The whole id of the new image."""
        reply = self.insert(*arguments, **more)
        found = re.search(rb'\{"status":"([0-9a-f]{64})"\}\{"Id":"([0-9a-f]{12})"\}$', reply.body)
        self.assertIsNotNone(found, reply)
        self.assertTrue(found[1].startswith(found[2]))
        return self.remembered(found[1].decode())

    def image(self, name):
        reply = self.daemon.get(f"/images/{name}/json")
        self.assertEqual(reply.status, 200, reply)
        return reply.json()

    def listed(self):
        """{repo:tag or None: …}: of every record, the whole ids."""
        tags = {None: set()}
        for record in self.daemon.get("/images/json?all=1").json():
            name = f"{record['Repository']}:{record['Tag']}" if "Repository" in record else None
            tags.setdefault(name, set()).add(record["Id"])
        return tags

    def graph(self, version="v1.6"):
        """viz, line by line: ({child: parent or None}, {id: [tags]}), with short ids."""
        reply = self.daemon.get("/images/viz", version=version)
        self.assertEqual((reply.status, reply.headers["content-type"]), (200, "text/plain; charset=utf-8"))
        lines = reply.text.split("\n")
        self.assertEqual((lines[0], lines[-3:]), ("digraph docker {", [" base [style=invisible]", "}", ""]))
        edges, labels = {}, {}
        for line in lines[1:-3]:
            if edge := re.fullmatch(r' "([0-9a-f]{12})" -> "([0-9a-f]{12})"', line):
                edges[edge[2]] = edge[1]
            elif root := re.fullmatch(r' base -> "([0-9a-f]{12})" \[style=invis\]', line):
                edges[root[1]] = None
            else:
                label = re.fullmatch(r' "([0-9a-f]{12})" \[label="\1((?:\\n[^"\\]+)+)",shape=box,fillcolor="paleturquoise",'
                                     r'style="filled,rounded"\];', line)
                self.assertIsNotNone(label, line)
                labels[label[1]] = label[2].split("\\n")[1:]
        self.assertEqual(len(edges) + len(labels) + 4, len(lines), "every line says something new")
        return edges, labels

    def files(self, container):
        """The container's root file system: {path: (kind, mode, owner, group, link, content, time)}."""
        reply = self.daemon.get(f"/containers/{container}/export")
        self.assertEqual(reply.status, 200, reply)
        found = {}
        with tarfile.open(fileobj=io.BytesIO(reply.body), encoding="utf-8", errors="surrogateescape") as tar:
            for member in tar:
                content = tar.extractfile(member).read() if member.isfile() else None
                link = member.linkname if member.issym() or member.islnk() else ""
                found[member.name.removeprefix(".").strip("/")] = (
                    member.type, member.mode, member.uid, member.gid, link, content, int(member.mtime))
        return found

    def files_of(self, image):
        """What a container that never ran has of an image."""
        container = self.daemon.create("true", image=image)
        try:
            return self.files(container)
        finally:
            self.daemon.delete(f"/containers/{container}")


class GraphCase(Images, SharedDaemonCase):
    def base(self, name):
        """A new image without a parent, with that name; the whole id."""
        reply = self.daemon.post(f"/images/create?fromSrc=-&repo={urllib.parse.quote(name)}", small_tar())
        self.assert_status(reply, 200)
        return self.remembered(self.image(name)["id"])

    def delete(self, name, status=200, version="v1.6"):
        """What the answer says: [("Untagged" or "Deleted", id)], or its text."""
        reply = self.daemon.delete(f"/images/{name}", version=version)
        self.assert_status(reply, status)
        return [next(iter(step.items())) for step in reply.json()] if status == 200 else reply.text
