"""The processes of a container, as ps would show them."""
import time

from case import SharedDaemonCase


class Top(SharedDaemonCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.container = cls.daemon.create("sh", "-c", "sleep 97 & sleep 98 & echo ready; exec sleep 99", User="ann", name="busy")
        cls.daemon.start_container(cls.container)
        while cls.daemon.output(cls.container).count(b"ready") == 0:
            time.sleep(0.02)
        time.sleep(0.2)

    def top(self, arguments=None):
        reply = self.daemon.get("/containers/busy/top" + (f"?ps_args={arguments}" if arguments is not None else ""))
        self.assert_status(reply, 200)
        table = reply.json()
        for cells in table["Processes"]:
            self.assertEqual(len(cells), len(table["Titles"]), table)
        return table["Titles"], table["Processes"]

    def test_usual_arguments(self):
        for arguments, titles in ((None, "PID TTY TIME CMD"), ("", "PID TTY TIME CMD"),
                                  ("aux", "USER PID %CPU %MEM VSZ RSS TTY STAT START TIME COMMAND"),
                                  ("-ef", "UID PID PPID C STIME TTY TIME CMD"),
                                  ("-eo+pid,args", "PID COMMAND"), ("-o+pid,ppid,user,comm", "PID PPID USER COMMAND")):
            found, rows = self.top(arguments)
            self.assertEqual(found, titles.split(), arguments)
            self.assertEqual(len(rows), 3, arguments)

    def test_what_they_say(self):
        titles, rows = self.top("aux")
        self.assertEqual(sorted(row[-1] for row in rows), ["sleep 97", "sleep 98", "sleep 99"])
        pid = str(self.daemon.inspect("busy")["State"]["Pid"])
        self.assertIn(pid, [row[1] for row in rows])
        self.assertEqual({row[titles.index("TTY")] for row in rows}, {"?"})
        titles, rows = self.top("-eo+ppid,pid")
        self.assertEqual(sorted(ppid == pid for ppid, _ in rows), [False, True, True])

    def test_nothing_of_other_containers(self):
        other = self.daemon.create("sleep", "12345")
        self.daemon.start_container(other)
        self.assertNotIn("sleep 12345", [row[-1] for row in self.top("aux")[1]])
        self.daemon.post(f"/containers/{other}/kill")
        reply = self.daemon.get(f"/containers/{other}/top")
        self.assertTrue(reply.status == 500 or not reply.json()["Processes"], reply)
        self.daemon.delete(f"/containers/{other}")

    def test_arguments_that_mean_harm(self):
        for arguments in ("%3B+reboot", "$(id)", "-o+nonsense", "--help", "-o+" + "x" * 2000, "%00", "-C+sh;id"):
            reply = self.daemon.get(f"/containers/busy/top?ps_args={arguments}")
            self.assertIn(reply.status, (400, 500), arguments)
        self.assertEqual(len(self.top()[1]), 3)

    def test_stopped_and_unknown(self):
        stopped = self.daemon.create("true")
        reply = self.daemon.get(f"/containers/{stopped}/top")
        self.assertIn(reply.status, (200, 500))
        self.daemon.delete(f"/containers/{stopped}")
        self.assert_status(self.daemon.get("/containers/nope/top"), 404, "No such container: nope\n")
