"""A web server on a daemon's loopback: paths that give files, and paths that misbehave."""
import socket
import threading

HEAD = "HTTP/1.1 %s\r\nConnection: close\r\n%s\r\n"


class FileServer:
    """Answers GET from `files` (path: bytes), and from `oddities` (path: function of the connection)."""

    def __init__(self, net, **files):
        self.files = {"/" + name.replace("__", "/"): content for name, content in files.items()}
        self.oddities, self.left = {}, threading.Event()
        self.socket = net.listener("127.0.0.1")
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        threading.Thread(target=self.serve, daemon=True).start()

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    def serve(self):
        while True:
            try:
                connection = self.socket.accept()[0]
            except OSError:
                return
            threading.Thread(target=self.answer, args=(connection,), daemon=True).start()

    def answer(self, connection):
        with connection:
            try:
                head = b""
                while b"\r\n\r\n" not in head:
                    head += connection.recv(4096) or b"\r\n\r\n"
                self.give(connection, head.split()[1].decode())
            except (OSError, IndexError):
                self.left.set()  # the daemon has had enough

    def give(self, connection, path):
        if path in self.oddities:
            self.oddities[path](connection)
        elif path in self.files:
            content = self.files[path]
            connection.sendall((HEAD % ("200 OK", f"Content-Length: {len(content)}\r\n")).encode() + content)
        else:
            connection.sendall((HEAD % ("404 Not Found", "Content-Length: 5\r\n")).encode() + b"gone\n")

    # -- what may be odd
    def redirect(self, path, target):
        self.oddities[path] = lambda c: c.sendall((HEAD % ("302 Found", f"Location: {target}\r\nContent-Length: 0\r\n")).encode())

    def cut(self, path, announced, given):
        """Less than is promised."""
        self.oddities[path] = lambda c: c.sendall((HEAD % ("200 OK", f"Content-Length: {announced}\r\n")).encode() + b"x" * given)

    def silent(self, path):
        """Begins, and says nothing until the other side goes, which sets `left`."""
        def give(connection):
            connection.sendall((HEAD % ("200 OK", "Content-Length: 1000\r\n")).encode() + b"x")
            connection.settimeout(60)
            if not connection.recv(1):
                self.left.set()
        self.oddities[path] = give

    def endless(self, path, stop):
        """Until the other side ends it, which sets `left`, or `stop` (an Event) is set."""
        def give(connection):
            connection.sendall((HEAD % ("200 OK", "")).encode())
            while not stop.is_set():
                connection.sendall(b"x" * 65536)
                stop.wait(0.01)
        self.oddities[path] = give
