"""The rows of version_rows about images and commit."""
import json
import urllib.parse

from version_case import row, small_tar


@row(2)
def import_progress(test, version, minor):
    reply = test.call("POST", "/images/create?fromSrc=-&repo=row2", version, small_tar(),
                      headers={"Content-Type": "application/tar"})
    if minor == 0:
        test.same(reply.headers["content-type"], "text/plain; charset=utf-8")
        test.matches(reply.text, r"^([^{}]*\r)?\n?[0-9a-f]{12}\r\n$")
    else:
        test.same(reply.headers["content-type"], "application/json")
        objects = [json.loads(chunk) for chunk in reply.chunks]
        test.same(list(objects[-1]), ["status"])
        test.matches(objects[-1]["status"], "^[0-9a-f]{12}$")
    test.daemon.delete("/images/row2")


@row(3)
def insert_progress(test, version, minor):
    base = test.daemon.get("/images/busybox/json").json()["id"]
    reply = test.insert("busybox", "/file", "/row3/file", version)
    if minor == 0:
        test.same(reply.headers["content-type"], "text/plain; charset=utf-8")
        test.matches(reply.text, r"^(Downloading [^\r\n]*\r)*\r\n[0-9a-f]{64}\r\n$")
        image = reply.text.split()[-1]
    else:
        test.same(reply.headers["content-type"], "application/json")
        objects = [json.loads(chunk) for chunk in reply.chunks]
        test.same(objects[-3], {})
        test.same(list(objects[-2]), ["status"])
        image = objects[-2]["status"]
        test.same(reply.chunks[-1], b'{"Id":"%s"}' % image[:12].encode())
    test.matches(image, "^[0-9a-f]{64}$")
    test.same(test.daemon.get(f"/images/{image}/json").json()["parent"], base)
    test.answers(test.daemon.delete(f"/images/{image}"), 200)


@row(5, 30, 71)
def stream_messages(test, version, minor):
    reply = test.insert("busybox", "/cut", "/row5", version)
    if minor == 0:
        test.matches(reply.text, r"^(Downloading +[^\r\n]+\r)+Error: [^\r\n]+\r\n$")
        return
    objects = [json.loads(chunk) for chunk in reply.chunks]
    wanted = ["progress"] if minor == 1 else ["status", "progress"]
    test.true(all(list(message) == wanted for message in objects[:-1]), objects)
    test.true(minor == 1 or objects[0]["status"] == "Downloading", objects[0])
    test.same(list(objects[-1]), ["error", "errorDetail"] if minor >= 4 else ["error"])
    test.true(minor < 4 or objects[-1]["errorDetail"] == {"message": objects[-1]["error"]}, objects[-1])


@row(20)
def image_delete(test, version, minor):
    test.daemon.post("/images/create?fromSrc=-&repo=row20", small_tar())
    short = test.daemon.get("/images/row20/json").json()["id"][:12]
    reply = test.daemon.request("DELETE", "/images/row20", version=version)
    if minor < 2:
        test.answers(reply, 204, "")
    else:
        test.answers(reply, 200, content_type="application/json")
        test.same(reply.json(), [{"Untagged": short}, {"Deleted": short}])
    test.answers(test.daemon.request("DELETE", "/images/row20", version=version), 404, "No such image: row20\n")
    test.same(test.daemon.get("/images/row20/json").status, 404)


@row(14, 26)
def image_details(test, version, minor):
    image = test.call("GET", "/images/busybox/json", version).json()
    now = test.daemon.get("/images/busybox/json").json()
    test.same("architecture" in image, minor >= 1 and "architecture" in now, image)
    test.same("Size" in image, minor >= 2)
    test.same((image["id"], image["created"], image["comment"]), (now["id"], now["created"], "Imported from -"))
    test.true("container_config" in image)
    with test.committed(version) as reply:
        image = test.call("GET", f"/images/{reply.json()['Id']}/json", version).json()
        test.same(image.get("architecture"), "x86_64" if minor >= 1 else None)
        test.same("Size" in image, minor >= 2)


@row(21)
def delete_of_nothing(test, version, minor):
    test.daemon.post("/images/create?fromSrc=-&repo=row21", small_tar())
    image = test.daemon.get("/images/row21/json").json()["id"]
    test.call("POST", "/images/row21/tag?repo=localhost:5000/row21", version, status=201)
    reply = test.daemon.delete(f"/images/{image}", version=version)
    if minor < 2:
        test.answers(reply, 204, "")
    else:
        test.answers(reply, 409, f"Conflict, {image} wasn't deleted\n")
        untagged, gone = {"Untagged": image[:12]}, {"Deleted": image[:12]}
        test.same(test.call("DELETE", "/images/row21", version).json(), [untagged])
        test.same(test.call("DELETE", f"/images/{image[:20]}", version).json(), [untagged, gone])
    for name in ("row21", "localhost:5000/row21", image):
        test.answers(test.daemon.get(f"/images/{name}/json"), 404, f"No such image: {name}\n")


@row(33, 116)
def history(test, version, minor):
    with test.committed(version, f"host:5000/row33/{version}".lower()) as reply:
        image, base = (test.daemon.get(f"/images/{n}/json").json() for n in (reply.json()["Id"], "busybox"))
        reply = test.call("GET", f"/images/host:5000/row33/{version}:latest/history".lower(), version)
        test.same(reply.headers["content-type"], "application/json")
        top, root = reply.json()
        digits, size, tags = 64 if minor >= 6 else 12, ["Size"] if minor >= 6 else [], ["Tags"] if minor >= 2 else []
        test.same(list(top), ["Id", *tags, "Created", "CreatedBy", *size])
        test.same(list(root), ["Id", *tags, "Created", *(["CreatedBy"] if minor == 0 else []), *size])
        test.same((top["Id"], root["Id"]), (image["id"][:digits], base["id"][:digits]))
        test.same((top["CreatedBy"], root.get("CreatedBy", "")), ("true", ""))
        test.same(top.get("Tags"), [f"host:5000/row33/{version}:latest".lower()] if tags else None)
        test.same(root.get("Tags"), ["busybox:latest"] if tags else None)
        test.same((top.get("Size"), root.get("Size")), (image["Size"], base["Size"]) if size else (None, None))
    test.answers(test.daemon.get("/images/nothing/history", version=version), 404, "No such image: nothing\n")


@row(25)
def image_list(test, version, minor):
    record = next(i for i in test.call("GET", "/images/json", version).json() if i.get("Repository") == "busybox")
    test.same(list(record), ["Repository", "Tag", "Id", "Created"] + (["Size", "VirtualSize"] if minor >= 2 else []))
    test.same(len(record["Id"]), 64)


@row(51)
def host_name_of_an_image(test, version, minor):
    with test.committed(version, "row51", {"Hostname": "box", "Cmd": ["hostname"]}) as reply:
        image = test.call("GET", f"/images/{reply.json()['Id']}/json", version).json()
        test.same(image["config"]["Hostname"], "box")
        with test.created(version, Image="row51") as container:
            test.same(test.inspect(container, version)["Config"]["Hostname"], container)
            test.start(container, version)
            test.daemon.wait(container)
            test.same(test.daemon.output(container, "v1.5").decode(), container + "\n")


@row(76)
def image_order(test, version, minor):
    created = [i["Created"] for i in test.call("GET", "/images/json?all=1", version).json()]
    test.same(created, sorted(created, reverse=True))


@row(87)
def build_cache(test, version, minor):
    image = test.daemon.get("/images/busybox/json").json()["id"]
    reply = test.daemon.post("/images/getCache", {"Id": image, "Cmd": ["true"]}, version=version)
    test.answers(reply, 404, "" if minor <= 4 else "404 page not found\n")
    with test.committed(version) as made:
        reply = test.daemon.post("/images/getCache", {"Id": image, "Cmd": ["true"]}, version=version)
        child = test.daemon.get(f"/images/{made.json()['Id']}/json").json()["id"]
        test.answers(reply, 200 if minor <= 4 else 404, '{"Id":"%s"}' % child if minor <= 4 else "404 page not found\n")


@row(88)
def image_filter(test, version, minor):
    for pattern, found in (("busy*", 1), ("busybox", 1), ("b?sybox", 1), ("[a-c]usybox", 1), ("nothing*", 0), ("usy", 0)):
        images = test.call("GET", f"/images/json?filter={urllib.parse.quote(pattern)}", version).json()
        test.same(len(images), found, pattern)


@row(112)
def insert_does_not_overwrite(test, version, minor):
    reply = test.insert("busybox", "/file", "/etc/passwd", version, status=500)
    test.same(reply.text, "/etc/passwd exists\n")
