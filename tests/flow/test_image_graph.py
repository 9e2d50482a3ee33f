"""Images as a graph: made by import, commit and tag, looked at by list, history and viz, taken apart by delete; over both
storage drivers."""
import json
import os
import random
import threading
import time

import sanitizers
from image_case import GraphCase

PREFIXES = [f"v1.{minor}" for minor in range(7)]


class Graph(GraphCase):
    def test_viz_and_history_of_a_small_family(self):
        busybox = self.image("busybox")["id"]
        first = self.child("busybox", "first", repo="family", tag="1")
        second = self.child(first, "second", repo="family", tag="2")
        third = self.child(second, "third")
        self.tag(second, "host:5000/a/b", "tag")
        edges, labels = self.graph()
        short = [i[:12] for i in (busybox, first, second, third)]
        self.assertEqual([edges[i] for i in short], [None, *short[:3]])
        self.assertEqual(labels[short[1]], ["family:1"])
        self.assertEqual(labels[short[2]], ["family:2", "host:5000/a/b:tag"])
        self.assertNotIn(short[3], labels)
        self.assertEqual(len(edges), len(self.daemon.get("/images/json?all=1").json()) - 1, "one image has two records")
        texts = {self.daemon.get("/images/viz", version=version).text for version in [*PREFIXES, None]}
        self.assertEqual(len(texts), 1)

        steps = self.daemon.get(f"/images/{third}/history").json()
        self.assertEqual([step["Id"] for step in steps], [third, second, first, busybox])
        self.assertEqual([step.get("Tags") for step in steps],
                         [None, ["family:2", "host:5000/a/b:tag"], ["family:1"], ["busybox:latest"]])
        self.assertEqual([step.get("CreatedBy") for step in steps],
                         ["sh -c echo third >/third", "sh -c echo second >/second", "sh -c echo first >/first", None])
        created = [step["Created"] for step in steps]
        self.assertEqual(created, sorted(created, reverse=True))
        self.assertLess(abs(created[0] - time.time()), 120)

    def test_history_bytes_at_every_version(self):
        image = self.child("busybox", "bytes", repo="bytes")
        self.tag(image, "a", "b")
        top, base = self.image(image), self.image("busybox")
        seconds = {r["Id"]: r["Created"] for r in self.daemon.get("/images/json?all=1").json()}
        for minor in range(7):
            def step(record, tags, made_by):
                whole = record["id"]
                fields = [f'"Id":"{whole if minor >= 6 else whole[:12]}"']
                fields += [f'"Tags":{tags}'] if minor >= 2 else []
                fields += [f'"Created":{seconds[whole]}']
                fields += [f'"CreatedBy":"{made_by}"'] if made_by or minor == 0 else []
                fields += [f'"Size":{record["Size"]}'] if minor >= 6 else []
                return "{" + ",".join(fields) + "}"
            wanted = "[" + ",".join((step(top, '["a:b","bytes:latest"]', "sh -c echo bytes \\u003e/bytes"),
                                     step(base, '["busybox:latest"]', ""))) + "]"
            for name in (image, image[:12], "bytes", "bytes:latest", "a:b"):
                reply = self.daemon.get(f"/images/{name}/history", version=f"v1.{minor}")
                self.assertEqual((reply.status, reply.headers["content-type"]), (200, "application/json"))
                self.assertEqual(reply.text, wanted)

    def test_list_shows_heads_and_tags(self):
        first = self.child("busybox", "head1")
        second = self.child(first, "head2")
        heads = {r["Id"] for r in self.daemon.get("/images/json").json()}
        self.assertEqual({first, second} & heads, {second})
        self.tag(first, "named")
        heads = {r["Id"] for r in self.daemon.get("/images/json").json()}
        self.assertEqual({first, second} & heads, {first, second})
        record = next(r for r in self.daemon.get("/images/json?all=1").json() if r["Id"] == second)
        self.assertEqual(list(record), ["Id", "Created", "Size", "VirtualSize"])

    # -- names
    def test_names_with_ports_and_slashes_in_every_path(self):
        image = self.base("host:5000/a/b/c")
        for name in ("host:5000/a/b/c", "host:5000/a/b/c:latest", "host:5000%2Fa%2Fb%2Fc:latest", image, image[:12]):
            with self.subTest(name=name):
                self.assertEqual(self.daemon.get(f"/images/{name}/json").json()["id"], image)
                self.assertEqual(self.daemon.get(f"/images/{name}/history").json()[0]["Id"], image)
                self.assert_status(self.daemon.post(f"/images/{name}/tag?repo=h:1/x/json&tag=history"), 201)
                self.assertEqual(self.daemon.get("/images/h:1/x/json:history/json").json()["id"], image)
                self.assertEqual(self.delete("h:1/x/json:history"), [("Untagged", image[:12])])

    def test_repositories_called_like_routes(self):
        for name in ("json", "viz", "create", "history", "tag", "insert"):
            with self.subTest(name=name):
                image = self.base(name)
                self.assertEqual(self.daemon.get(f"/images/{name}/json").json()["id"], image)
                self.assertEqual(self.daemon.get(f"/images/{name}/history").json()[0]["Id"], image)
                self.assert_status(self.daemon.post(f"/images/{name}/tag?repo={name}/{name}"), 201)
                self.assertEqual(self.delete(f"{name}/{name}"), [("Untagged", image[:12])])
                self.assertEqual(self.delete(name), [("Untagged", image[:12]), ("Deleted", image[:12])])

    def test_unknown_images(self):
        for version in PREFIXES:
            for method, target in (("GET", "json"), ("GET", "history"), ("POST", "tag?repo=a"), ("POST", "insert?url=http://x/&path=/x")):
                reply = self.daemon.request(method, f"/images/host:5000/no/such/{target}", version=version)
                self.assert_status(reply, 404, "No such image: host:5000/no/such\n")
            self.assert_status(self.daemon.delete("/images/host:5000/no/such", version=version), 404,
                               "No such image: host:5000/no/such\n")

    # -- tag
    def test_tag_answers_nothing_and_replaces(self):
        first, second = self.base("first"), self.base("second")
        for version in [*PREFIXES, None]:
            reply = self.daemon.post(f"/images/first/tag?repo=moved&tag={version}", version=version)
            self.assert_status(reply, 201, "")
            self.assertEqual((reply.headers["content-length"], reply.headers["content-type"]), ("0", "text/plain; charset=utf-8"))
            for force, image in (("", second), ("0", first), ("1", second), ("false", first)):
                self.assert_status(self.daemon.post(f"/images/{image}/tag?repo=moved&tag={version}&force={force}", version=version), 201)
                self.assertEqual(self.image(f"moved:{version}")["id"], image)
        self.tag("first", "moved")
        self.assertEqual(self.image("moved:latest")["id"], first)
        self.tag("first", "moved", "")
        self.assertEqual(len(self.graph()[1][first[:12]]), 2 + len(PREFIXES) + 1)

    def test_tags_that_are_refused(self):
        image, before = self.base("refused"), self.daemon.get("/images/json?all=1").body
        for query, status, text in (
                ("", 500, "Repository name can't be empty\n"), ("repo=&tag=x", 500, "Repository name can't be empty\n"),
                ("repo=a&tag=b/c", 500, "Illegal tag name: b/c\n"), ("repo=a&tag=b:c", 500, "Illegal tag name: b:c\n"),
                ("repo=a&force=yes", 400, "Bad parameter\n"),
                ("repo=a%00b", 400, None), ("repo=a%1bb", 400, "Bad parameter: repo holds control characters\n"),
                ("repo=a&tag=%0d%0aX:%20y", 400, "Bad parameter: tag holds control characters\n")):
            with self.subTest(query=query):
                self.assert_status(self.daemon.post(f"/images/{image}/tag?{query}"), status, text)
        self.assertEqual(self.daemon.get("/images/json?all=1").body, before)

    def test_any_other_text_may_be_a_repository(self):
        image = self.base("texts")
        for name in ('quote"back\\slash', "UPPER", "ünïcode", "a b", "..", "a%2fb", "];} digraph x {", "x" * 300):
            with self.subTest(name=name):
                self.tag(image, name)
                record = next(r for r in self.daemon.get("/images/json").json() if r.get("Repository") == name)
                self.assertEqual((record["Id"], record["Tag"]), (image, "latest"))
                self.assertIn(f"{name}:latest", self.daemon.get(f"/images/{image}/history").json()[0]["Tags"])
                viz = self.daemon.get("/images/viz").text
                self.assertIn("\\n" + name.replace("\\", "\\\\").replace('"', '\\"') + ":latest", viz)
                self.assertEqual(viz.count("digraph docker {\n"), 1)

    # -- delete
    def test_delete_takes_untagged_ancestors_along(self):
        a = self.base("chain")
        b = self.image(self.commit(self.never_run(a)))["id"]
        self.drop_containers()
        c = self.image(self.commit(self.never_run(b), repo="x"))["id"]
        self.drop_containers()
        self.assertEqual(self.delete("chain"), [("Untagged", a[:12])])
        steps = self.delete("x")
        self.assertEqual(steps, [("Untagged", c[:12]), ("Deleted", c[:12]), ("Deleted", b[:12]), ("Deleted", a[:12])])
        self.assertFalse({a[:12], b[:12], c[:12]} & set(self.graph()[0]))

    def test_delete_stops_at_what_is_tagged_and_takes_siblings(self):
        root = self.base("kept")
        left, right = (self.image(self.commit(self.never_run(root)))["id"] for _ in range(2))
        leaf = self.image(self.commit(self.never_run(left), repo="leaf"))["id"]
        self.drop_containers()
        steps = self.delete("leaf")
        self.assertEqual(steps[:3], [("Untagged", leaf[:12]), ("Deleted", leaf[:12]), ("Deleted", left[:12])])
        self.assertEqual(self.graph()[0][root[:12]], None)
        self.delete("kept")
        self.assertFalse({i[:12] for i in (root, left, right, leaf)} & set(self.graph()[0]))

    def test_a_repository_goes_with_all_its_tags(self):
        first, second = self.base("many"), self.base("many2")
        self.tag(first, "many", "a")
        self.tag(second, "many", "b")
        self.assertEqual(self.delete("many:a"), [("Untagged", first[:12])])
        steps = self.delete("many")
        self.assertEqual(sorted(steps), sorted([("Untagged", first[:12])] * 2 + [("Deleted", first[:12])]))
        self.assertEqual(self.graph()[1][second[:12]], ["many2:latest"])
        self.assertEqual(self.delete("many2"), [("Untagged", second[:12]), ("Deleted", second[:12])])

    def test_an_image_that_containers_use_stays(self):
        image = self.base("used")
        child = self.image(self.commit(self.never_run("used"), repo="child"))["id"]
        user = self.never_run(child)
        for version in PREFIXES:
            for name in (image, child):
                text = self.delete(name, 409, version)
                self.assertTrue(text.startswith(f"Conflict, {name} wasn't deleted"), text)
        self.assertIn(child[:12], self.graph()[0])
        self.assertEqual(self.image("child")["id"], child)
        self.assert_status(self.daemon.delete(f"/containers/{user}"), 204)
        self.drop_containers()
        self.assertEqual(self.delete("child"), [("Untagged", child[:12]), ("Deleted", child[:12])])

    def test_delete_before_1_2_takes_exactly_one_image(self):
        for version in ("v1.0", "v1.1"):
            parent = self.base("old")
            child = self.image(self.commit(self.never_run("old"), repo="oldchild"))["id"]
            self.drop_containers()
            self.tag(child, "second", "name")
            self.assertTrue(self.delete("old", 409, version).startswith("Conflict, old wasn't deleted"))
            self.assertEqual(self.image("old")["id"], parent)
            reply = self.daemon.delete("/images/oldchild", version=version)
            self.assert_status(reply, 204, "")
            self.assertEqual((reply.headers["content-length"], reply.headers["content-type"]), ("0", "text/plain; charset=utf-8"))
            for name in ("oldchild", "second:name", child):
                self.delete(name, 404, version)
            self.assertEqual(self.image("old")["id"], parent)
            self.delete("old", 204, version)
            self.assertNotIn(parent[:12], self.graph()[0])

    def test_events_tell_what_went(self):
        image = self.base("told")
        with self.daemon.connect(10) as c:
            c.send("GET", "/v1.6/events")
            c.head()
            self.delete("told")
            events = [json.loads(c.chunk()) for _ in range(2)]
        self.assertEqual([(e["status"], e["id"]) for e in events], [("untag", image[:12]), ("delete", image[:12])])
        self.assertTrue(all(list(e) == ["status", "id", "time"] for e in events), events)

    def never_run(self, image):
        container = self.daemon.create("true", image=image)
        self.__dict__.setdefault("containers", []).append(container)
        self.addCleanup(self.drop_containers)
        return container

    def all_but_busybox(self):
        return [i for name, ids in self.listed().items() if name != "busybox:latest" for i in ids]

    def drop_containers(self):
        while self.__dict__.get("containers"):
            self.daemon.delete(f"/containers/{self.containers.pop()}")

    # -- many steps
    def test_random_graphs_are_as_a_model_says(self):
        seed = int(os.environ.get("STAITHE_SEED", random.randrange(1 << 32)))
        print(f"    STAITHE_SEED={seed}")
        dice, model = random.Random(seed), Model()
        names = ["r1", "r2:t", "h:5000/r3", "r3:u"]
        for _ in range(60):
            images = sorted(model.parents)
            what = dice.choice(["import", "commit", "commit", "tag", "tag", "delete", "delete", "delete one"]) if images else "import"
            if what == "import":
                image = self.base("fresh")
                model.add(image, None)
                model.tag("fresh:latest", image[:12])
            elif what == "commit":
                parent = dice.choice(images)
                model.add(self.image(self.commit(self.never_run(parent)))["id"], parent)
                self.drop_containers()
            elif what == "tag":
                image, name = dice.choice(images), dice.choice(names)
                repository, _, tag = name.partition(":") if "/" not in name else (name, "", "")
                self.tag(image, repository, tag)
                model.tag(f"{repository}:{tag or 'latest'}", image)
            elif what == "delete":
                name = dice.choice([*images, *model.tags])
                expected = model.delete(name)
                if expected is None:
                    self.assertEqual(self.delete(name, 409), f"Conflict, {name} wasn't deleted\n")
                else:
                    self.assertEqual(sorted(self.delete(name)), sorted(expected), (name, seed))
            else:
                name = dice.choice(images)
                if name in model.parents.values():
                    self.delete(name, 409, "v1.1")
                else:
                    self.delete(name, 204, "v1.1")
                    model.forget(name)
            edges, labels = self.graph()
            busybox = self.image("busybox")["id"][:12]
            self.assertEqual({i: p for i, p in edges.items() if i != busybox}, model.parents, (what, seed))
            self.assertEqual({i: t for i, t in labels.items() if i != busybox}, model.labels(), (what, seed))
        for image in list(model.tags.values()):
            self.daemon.delete(f"/images/{image}")


    def test_many_clients_at_once(self):
        """Whatever they do to one another's images, each answer is one of the rules', and what is left is whole."""
        sanitizers.spare_forks(self)
        roots, busybox = [self.base(f"shared{n}") for n in range(3)], self.image("busybox")["id"]
        odd = []

        def client(seed):
            dice = random.Random(seed)
            for _ in range(40):
                name = f"shared{dice.randrange(3)}"
                what = dice.choice(("create", "create", "tag", "delete", "delete one", "history", "viz", "list"))
                if what == "create":
                    reply = self.daemon.post("/containers/create", {"Image": name, "Cmd": ["x"]})
                    if reply.status == 201:
                        container = reply.json()["Id"]
                        done = self.daemon.post(f"/commit?container={container}&repo={name}&tag={dice.randrange(3)}")
                        gone = self.daemon.delete(f"/containers/{container}")
                        odd.extend(r for r in (done, gone) if r.status not in (201, 204))
                else:
                    reply = {"tag": lambda: self.daemon.post(f"/images/{name}/tag?repo={name}&tag=latest"),
                             "delete": lambda: self.daemon.delete(f"/images/{name}:{dice.randrange(3)}"),
                             "delete one": lambda: self.daemon.delete(f"/images/{name}:{dice.randrange(3)}", version="v1.1"),
                             "history": lambda: self.daemon.get(f"/images/{name}/history"),
                             "viz": lambda: self.daemon.get("/images/viz"),
                             "list": lambda: self.daemon.get("/images/json?all=1")}[what]()
                if reply.status not in (200, 201, 204, 404, 409):
                    odd.append(reply)
        threads = [threading.Thread(target=client, args=(n,)) for n in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(odd, [])
        self.assertEqual({i for i in self.listed()[None] if i in roots}, set())
        reply = self.daemon.get("/staithe/v1/images/verify")
        checks = [o for o in map(json.loads, reply.chunks) if "Id" in o]
        self.assertEqual({c["Id"][:12] for c in checks}, set(self.graph()[0]))
        self.assertEqual([c for c in checks if not c["Good"]], [])
        left = self.all_but_busybox()
        while left: # in each round those go that are no parents any more
            for image in left:
                self.daemon.delete(f"/images/{image}", version="v1.1")
            self.assertLess(len(self.all_but_busybox()), len(left))
            left = self.all_but_busybox()
        self.assertEqual(self.graph()[0], {busybox[:12]: None})


class Model:
    """What the rules say, over short ids and whole tags."""

    def __init__(self):
        self.parents, self.tags = {}, {}

    def add(self, image, parent):
        self.parents[image[:12]] = parent

    def tag(self, name, image):
        self.tags[name] = image

    def labels(self):
        found = {}
        for name, image in sorted(self.tags.items()):
            found.setdefault(image, []).append(name)
        return found

    def forget(self, image):
        self.parents.pop(image)
        self.tags = {name: i for name, i in self.tags.items() if i != image}

    def delete(self, name):
        """The steps, or None for a conflict."""
        if name in self.tags:
            image, gone = self.tags[name], [name]
        else:
            image, gone = name, [n for n, i in self.tags.items() if i == name]
            if len({n.rpartition(":")[0] for n in gone}) > 1:
                return None
        steps = [("Untagged", image)] * len(gone)
        for name in gone:
            del self.tags[name]
        while image is not None and image not in self.tags.values() and self.take(image, steps):
            image = self.next_up
        return steps or None

    def take(self, image, steps):
        """Removes the image after its children, unless something refers to them."""
        if image in self.tags.values():
            return False
        children = [child for child, parent in self.parents.items() if parent == image]
        if not all([self.take(child, steps) for child in children]):
            return False
        steps.append(("Deleted", image))
        self.next_up = self.parents.pop(image)
        return True


class GraphOnVfs(Graph):
    storage = "vfs"
