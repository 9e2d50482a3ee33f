"""Containers on the network: addresses, published ports from everywhere, what is forbidden, and what comes back."""
import os
import re
import signal
import time

from case import LONG
from daemon import Daemon
from netns import Namespace, Outside
from network_case import OwnNetworkCase, SharedNetworkCase

PORTS = {"PortBindings": {"80/tcp": [{"HostPort": "18080"}], "53/udp": [{"HostPort": "18053"}]}}
PUBLISHED = (("tcp", 80, 18080), ("udp", 53, 18053))


class PublishedPorts(SharedNetworkCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.empty = cls.daemon.net.rules()

    def setUp(self):
        self.server = self.serve("tcp:80", "udp:53", name="server", host=PORTS)
        self.addCleanup(self.end, self.server)
        network = self.daemon.inspect(self.server)["NetworkSettings"]
        self.ip, self.gateway = network["IPAddress"], network["Gateway"]

    def test_from_outside_with_the_clients_own_address(self):
        for protocol, _, port in PUBLISHED:
            self.assertEqual(self.outside.ask(protocol, Outside.there, port), f"server {Outside.here}\n", protocol)

    def test_from_the_host_by_every_address(self):
        for protocol, inner, port in PUBLISHED:
            for address in ("127.0.0.1", "127.8.9.10", Outside.there, self.gateway):
                self.assertRegex(self.daemon.net.ask(protocol, address, port) or "", r"^server ", f"{protocol} {address}")
            self.assertEqual(self.daemon.net.ask(protocol, self.ip, inner), f"server {self.gateway}\n")

    def test_from_other_containers_and_from_itself(self):
        for protocol, inner, port in PUBLISHED:
            for address in (Outside.there, self.gateway):
                self.assertRegex(self.ask_from_container(protocol, address, port) or "", r"^server ", f"{protocol} {address}")
            self.assertRegex(self.ask_from_container(protocol, self.ip, inner) or "", r"^server 1[079]")
        itself = self.daemon.create("sh", "-c", f"peer serve tcp:80 & sleep 0.2; peer ask tcp {Outside.there} 18081", image="peer",
                                    ExposedPorts={"80/tcp": {}}, Env=["PEER_NAME=me"])
        self.daemon.start_container(itself, {"PortBindings": {"80/tcp": [{"HostPort": "18081"}]}})
        self.daemon.wait(itself)
        self.assertIn(b"me ", self.daemon.output(itself, "v1.5"))
        self.end(itself)

    def test_containers_reach_the_world_as_the_host(self):
        with self.outside.listener() as listener:
            port = listener.getsockname()[1]
            asker = self.daemon.create("/bin/peer", "ask", "tcp", Outside.here, str(port), image="peer")
            self.daemon.start_container(asker)
            listener.settimeout(5)
            connection, address = listener.accept()
            connection.sendall(b"hello\n")
            connection.close()
            self.assertEqual(address[0], Outside.there)
            self.assertEqual(self.daemon.wait(asker), 0)
            self.end(asker)

    def test_nothing_else_is_open(self):
        """A container's port that is not published is not reachable from another machine, and nothing listens instead."""
        other = self.serve("tcp:80", name="hidden")
        self.assertIsNone(self.outside.ask("tcp", Outside.there, 80, 0.5))
        self.assertIsNone(self.outside.ask("tcp", Outside.there, 18079, 0.5))
        self.end(other)

    def test_ports_in_use(self):
        second = self.daemon.create("true", image="peer", ExposedPorts={"80/tcp": {}})
        for binding in ({"HostPort": "18080"}, {"HostIp": Outside.there, "HostPort": "18080"}):
            reply = self.daemon.post(f"/containers/{second}/start", {"PortBindings": {"80/tcp": [binding]}})
            self.assert_status(reply, 500, f"Cannot start container {second}: Port already in use: 18080\n")
        with self.daemon.net.listener("0.0.0.0", 18099):
            reply = self.daemon.post(f"/containers/{second}/start", {"PortBindings": {"80/tcp": [{"HostPort": "18099"}]}})
            self.assertEqual(reply.status, 500, "the port is a foreign program's")
        self.daemon.start_container(second, {"PortBindings": {"80/tcp": [{"HostPort": "18099"}]}})
        self.daemon.wait(second)
        self.end(second)
        self.assertEqual(self.outside.ask("tcp", Outside.there, 18080), f"server {Outside.here}\n")

    def test_one_address_only(self):
        local = self.serve("tcp:80", name="local", host={"PortBindings": {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": "18082"}]}})
        self.assertRegex(self.daemon.net.ask("tcp", "127.0.0.1", 18082) or "", "^local ")
        self.assertIsNone(self.daemon.net.ask("tcp", Outside.there, 18082, 0.5))
        self.assertIsNone(self.outside.ask("tcp", Outside.there, 18082, 0.5))
        self.send_loopback_over_the_wire()
        self.assertIsNone(self.outside.ask("tcp", "127.0.0.1", 18082, 0.5), "what is for loopback came over the wire")
        self.end(local)

    def send_loopback_over_the_wire(self):
        """A neighbour that takes our loopback addresses for a network behind us."""
        self.outside.run("ip", "route", "del", "local", "127.0.0.0/8", "dev", "lo", "table", "local")
        self.outside.run("ip", "route", "del", "local", "127.0.0.1", "dev", "lo", "table", "local")
        with self.outside, open("/proc/sys/net/ipv4/conf/wire/route_localnet", "w") as f:
            f.write("1")
        self.outside.run("ip", "route", "add", "127.0.0.0/8", "via", Outside.there, "dev", "wire")

    def test_a_port_is_the_same_at_the_next_start(self):
        container = self.daemon.create("sleep", "100", image="peer", ExposedPorts={"80/tcp": {}})
        self.daemon.start_container(container, {"PublishAllPorts": True})
        first = self.daemon.inspect(container)["NetworkSettings"]
        self.daemon.post(f"/containers/{container}/stop?t=0")
        stopped = self.daemon.inspect(container)["NetworkSettings"]
        self.assertEqual((stopped["IPAddress"], stopped["IPPrefixLen"], stopped["Gateway"], stopped["Bridge"], stopped["Ports"]),
                         ("", 0, "", "", None))
        self.daemon.start_container(container)
        second = self.daemon.inspect(container)["NetworkSettings"]
        self.assertEqual(first["Ports"], second["Ports"])
        self.assertNotEqual(first["IPAddress"], second["IPAddress"], "a new address at every start")
        self.end(container)

    def test_what_a_container_finds(self):
        out = self.daemon.run_container("sh", "-c", "ip -o -4 addr; ip route; cat /sys/class/net/eth0/mtu; "
                                        "cat /proc/sys/net/ipv6/conf/eth0/accept_ra", image="peer")[1].decode()
        self.assertRegex(out, r"eth0\s+inet \d+\.\d+\.\d+\.\d+/(16|24)")
        self.assertRegex(out, rf"(?m)^default via {re.escape(self.gateway)} dev eth0")
        self.assertEqual(out.splitlines()[-2:], ["1500", "0"])

    def test_without_network(self):
        self.assertEqual(self.daemon.run_container("ls", "/sys/class/net", image="peer", NetworkDisabled=True)[1], b"lo\n")

    def test_rules_and_cables_go_with_their_container(self):
        self.eventually_same(lambda: len(self.daemon.net.veths()), 2)  # the server's and the wire; others take their time
        before = (self.daemon.net.rules(), 2)
        servers = [self.serve("tcp:80", host={"PublishAllPorts": True}) for _ in range(3)]
        self.assertNotEqual(self.daemon.net.rules(), before[0])
        self.end(*servers)
        self.eventually_same(lambda: (self.daemon.net.rules(), len(self.daemon.net.veths())), before)

    def eventually_same(self, value, wanted, seconds=5):
        deadline = time.monotonic() + seconds
        while value() != wanted and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertEqual(value(), wanted)

    def test_nobody_elses_rules_are_touched(self):
        net = self.daemon.net
        net.run("nft", "add table ip mine; add chain ip mine c { type filter hook forward priority 0; }")
        mine = net.run("nft", "list", "table", "ip", "mine")
        self.end(self.serve("tcp:80", host={"PublishAllPorts": True}))
        self.assertEqual(net.run("nft", "list", "table", "ip", "mine"), mine)
        net.run("nft", "delete", "table", "ip", "mine")

    def test_flushed_rules_come_back(self):
        rules = self.daemon.net.rules()
        for flush in (["flush", "ruleset"], None):
            if flush is None:  # a reload that only deletes what it does not know
                tables = [line.split()[1:3] for line in self.daemon.net.run("nft", "list", "tables").splitlines()]
                for family, table in tables:
                    self.daemon.net.run("nft", "delete", "table", family, table)
            else:
                self.daemon.net.run("nft", *flush)
            self.eventually_same(self.daemon.net.rules, rules)
            self.assertEqual(self.outside.ask("tcp", Outside.there, 18080), f"server {Outside.here}\n")


class Ip(SharedNetworkCase):
    flags = (f"-ip={Outside.there}",)

    def test_ports_are_published_there(self):
        server = self.serve("tcp:80", name="there", host={"PortBindings": {"80/tcp": [{"HostPort": "18080"}]}})
        self.assertEqual(self.daemon.inspect(server)["NetworkSettings"]["Ports"],
                         {"80/tcp": [{"HostIp": Outside.there, "HostPort": "18080"}]})
        self.assertEqual(self.outside.ask("tcp", Outside.there, 18080), f"there {Outside.here}\n")
        self.assertIsNone(self.daemon.net.ask("tcp", "127.0.0.1", 18080, 0.5))
        self.end(server)


class WithoutInterContainer(SharedNetworkCase):
    flags = ("-icc=false",)

    def test_only_links_connect(self):
        server = self.serve("tcp:80", "tcp:81", "udp:53", name="server", ExposedPorts={"80/tcp": {}, "53/udp": {}})
        address = self.address(server)
        for protocol, port in (("tcp", 80), ("udp", 53)):
            self.assertIsNone(self.ask_from_container(protocol, address, port), "strangers")
        linked = {"Links": ["server:s"]}
        self.assertRegex(self.ask_from_container("tcp", address, 80, host=linked) or "", "^server ")
        self.assertRegex(self.ask_from_container("udp", address, 53, host=linked) or "", "^server ")
        self.assertIsNone(self.ask_from_container("tcp", address, 81, host=linked), "not exposed")
        self.assertIsNone(self.ask_from_container("tcp", address, 80), "the link ended with its container")
        self.assertRegex(self.daemon.net.ask("tcp", address, 80) or "", "^server ", "the host may")
        self.end(server)


class NoBridge(SharedNetworkCase):
    flags = ("-b", "none")

    def test_loopback_only(self):
        container = self.daemon.create("sleep", "100", image="peer")
        self.daemon.start_container(container)
        network = self.daemon.inspect(container)["NetworkSettings"]
        self.assertEqual((network["IPAddress"], network["Gateway"], network["Bridge"]), ("", "", ""))
        self.assertEqual(self.daemon.net.interfaces(), ["lo", "wire"])
        self.assertEqual(self.daemon.net.rules(), "")
        self.assertEqual(self.daemon.run_container("ls", "/sys/class/net", image="peer")[1], b"lo\n")
        self.end(container)


class DaemonsPorts(SharedNetworkCase):
    flags = ("--allow-plain-tcp", "--host=tcp://0.0.0.0:4243")

    def test_the_api_is_not_for_containers(self):
        gateway = self.daemon.inspect(server := self.serve("tcp:80"))["NetworkSettings"]["Gateway"]
        for address in (gateway, Outside.there):
            self.assertIsNone(self.ask_from_container("tcp", address, 4243), address)
            with self.outside.connect(Outside.there, 4243) as s:
                s.sendall(b"GET /_ping HTTP/1.1\r\nHost: " + Outside.there.encode() + b"\r\n\r\n")
                self.assertIn(b"200 OK", s.recv(4096))
        self.end(server)


class DaemonsPortsOnRequest(SharedNetworkCase):
    flags = (*DaemonsPorts.flags, "--api-from-containers")

    def test_the_api_is_for_containers_if_asked_for(self):
        container = self.daemon.create("wget", "-q", "-O", "-", f"http://{Outside.there}:4243/_ping", image="peer")
        self.daemon.start_container(container)
        self.assertEqual(self.daemon.wait(container), 0, self.daemon.output(container))
        self.assertEqual(self.daemon.output(container, "v1.5"), b"OK")
        self.end(container)


class Restarts(OwnNetworkCase):
    def test_ports_work_while_the_daemon_is_away_and_after(self):
        daemon = self.daemon_on_a_wire()
        server = self.serve("tcp:80", "udp:53", name="server", host=PORTS)
        before = daemon.inspect(server)["NetworkSettings"]
        rules = daemon.net.rules()
        daemon.kill()
        for protocol, _, port in PUBLISHED:
            self.assertEqual(self.outside.ask(protocol, Outside.there, port), f"server {Outside.here}\n", protocol)
        daemon.start()
        self.assertEqual(daemon.inspect(server)["NetworkSettings"], before)
        self.assertEqual(daemon.net.rules(), rules)
        for protocol, _, port in PUBLISHED:
            self.assertEqual(self.outside.ask(protocol, Outside.there, port), f"server {Outside.here}\n", protocol)
        other = daemon.create("true", image="peer", ExposedPorts={"80/tcp": {}})
        reply = daemon.post(f"/containers/{other}/start", PORTS)
        self.assertEqual(reply.status, 500, reply)
        self.assertRegex(reply.text, "Port already in use: 180(80|53)\n$")
        fresh = self.serve("tcp:80", name="fresh")
        self.assertNotEqual(self.address(fresh), before["IPAddress"])
        daemon.net.run("nft", "flush", "ruleset")
        self.eventually(daemon.net.rules, lambda now: "18080" in now, 5)

    def test_what_died_with_its_keeper_is_given_back(self):
        daemon = self.daemon_on_a_wire("-r=false")
        empty = daemon.net.rules()
        for _ in range(3):
            servers = [self.serve("tcp:80", host={"PublishAllPorts": True}) for _ in range(3)]
            server = self.serve("tcp:80", "udp:53", host=PORTS)
            keepers = daemon.keepers()
            daemon.kill()
            for keeper in keepers:
                os.kill(keeper, signal.SIGKILL)
            daemon.start()
            self.assertEqual(daemon.veths_left(), [])
            self.assertEqual(daemon.net.rules(), empty)
            self.end(*servers, server)
        self.assertIsNone(self.outside.ask("tcp", Outside.there, 18080, 0.5))
        self.end(self.serve("tcp:80", "udp:53", host=PORTS))

    def test_a_keeper_that_dies_gives_back_too(self):
        daemon = self.daemon_on_a_wire()
        empty = daemon.net.rules()
        server = self.serve("tcp:80", "udp:53", host=PORTS)
        os.kill(daemon.keepers()[0], signal.SIGKILL)
        daemon.wait(server)
        self.eventually(daemon.net.rules, lambda rules: rules == empty)
        self.assertEqual(daemon.veths_left(), [])
        daemon.start_container(server, PORTS)

    def test_the_subnet_avoids_what_is_there_and_stays(self):
        net = Namespace()
        outside = Outside(net)
        net.run("ip", "address", "add", "172.17.5.5/16", "dev", "wire")
        self.outside = outside
        daemon = self.daemon = Daemon(net=net)
        self.addCleanup(daemon.__exit__, None, None, None)
        daemon.import_busybox("peer")
        container = daemon.create("sleep", "100", image="peer")
        daemon.start_container(container)
        network = daemon.inspect(container)["NetworkSettings"]
        self.assertEqual((network["Gateway"], network["IPPrefixLen"]), ("10.0.42.1", 16))
        self.assertEqual(network["IPAddress"], "10.0.0.2")
        net.run("ip", "address", "del", "172.17.5.5/16", "dev", "wire")
        daemon.kill()
        daemon.start()
        self.assertEqual(daemon.inspect(container)["NetworkSettings"], network)
        self.assertEqual(net.addresses(network["Bridge"]), ["10.0.42.1/16"])

    def test_a_bridge_that_is_there_is_used_as_it_is(self):
        net = Namespace()
        net.run("ip", "link", "add", "br7", "type", "bridge")
        net.run("ip", "address", "add", "10.77.0.9/24", "dev", "br7")
        net.run("ip", "link", "set", "br7", "up")
        self.daemon = daemon = Daemon("-b", "br7", net=net)
        self.addCleanup(daemon.__exit__, None, None, None)
        daemon.import_busybox("peer")
        container = daemon.create("sleep", "100", image="peer")
        daemon.start_container(container)
        network = daemon.inspect(container)["NetworkSettings"]
        self.assertEqual((network["Bridge"], network["Gateway"], network["IPPrefixLen"]), ("br7", "10.77.0.9", 24))
        self.assertTrue(network["IPAddress"].startswith("10.77.0."), network)
        self.end(container)

    def test_many_containers(self):
        """Every one its own address and port, and all of it given back."""
        daemon = self.daemon_on_a_wire()
        count = 500 if LONG else 40
        empty = daemon.net.rules()
        containers = [daemon.create("sleep", "1000", image="peer", ExposedPorts={"80/tcp": {}}) for _ in range(count)]
        for container in containers:
            daemon.start_container(container, {"PublishAllPorts": True})
        networks = [daemon.inspect(c)["NetworkSettings"] for c in containers]
        self.assertEqual(len({n["IPAddress"] for n in networks}), count)
        self.assertEqual(len({n["Ports"]["80/tcp"][0]["HostPort"] for n in networks}), count)
        self.assertEqual(len(daemon.net.veths()), count + 1)  # and the wire
        self.end(*containers)
        self.assertEqual(daemon.veths_left(), [])
        self.eventually(daemon.net.rules, lambda rules: rules == empty)
