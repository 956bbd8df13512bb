"""Sends the scenarios' HTTP requests to an API server and keeps what came back.

Each request goes over its own HTTP/1.1 connection, with User-Agent record/1 (hence the field manager "record") unless
the scenario says otherwise.
"""
import base64
import http.client
import json
import re
import ssl
import threading
import time

# Framing, and what names parts that this server does not have: an audit log, priority and fairness.
SKIPPED_HEADERS = {"date", "content-length", "transfer-encoding", "audit-id", "x-kubernetes-pf-flowschema-uid",
                   "x-kubernetes-pf-prioritylevel-uid"}


class Response:
    """What one request got back."""

    def __init__(self, status, headers, text):
        self.status, self.headers, self.text = status, headers, text

    @property
    def json(self):
        try:
            return json.loads(self.text)
        except ValueError:
            return {}

    def get(self, *path, default=""):
        """The value at a path in the JSON body; `default` where there is none (a server may differ)."""
        value = self.json
        for part in path:
            try:
                value = value[part]
            except (KeyError, IndexError, TypeError):
                return default
        return value

    @property
    def version(self):
        return self.get("metadata", "resourceVersion")

    @property
    def uid(self):
        return self.get("metadata", "uid")


class Watch:
    """A watch that runs while the scenario goes on."""

    def __init__(self, session, exchange, connection):
        self._session, self._exchange, self._connection = session, exchange, connection
        self._events = exchange["events"] = []
        self._changed = threading.Condition()
        self._over = False
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        with self._changed:  # what the scenario does next is not to be over before the server watches
            self._changed.wait_for(lambda: self._over or "response" in self._exchange, 5)

    def _read(self):
        try:
            response = self._connection.getresponse()
            with self._changed:
                self._exchange["response"] = {"status": response.status, "headers": kept(response.getheaders())}
                self._changed.notify_all()
            if response.status != 200:
                self._exchange["response"]["body"] = body_of(response.read().decode("utf-8", "replace"))
            else:
                while line := response.readline():
                    with self._changed:
                        self._events.append(json.loads(line))
                        self._changed.notify_all()
        except (OSError, ValueError, AttributeError, http.client.HTTPException) as error:
            if not self._over:
                self._exchange["broken"] = str(error)
        with self._changed:
            self._over = True
            self._changed.notify_all()

    def wait(self, count, seconds=5):
        """Waits until `count` events have come, the stream has ended, or time is up."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._events) >= count or self._over, seconds)
        return self

    def ended(self, seconds=10):
        """Waits for the server to end the stream and notes whether it did."""
        with self._changed:
            self._exchange["ended_by_server"] = self._changed.wait_for(lambda: self._over, seconds)
        return self

    def close(self):
        with self._changed:
            self._over = True
        if self._connection.sock:
            self._connection.sock.close()
        return self

    @property
    def events(self):
        return list(self._events)


class Session:
    """One scenario's conversation with a server on this port; `certificates`: a folder with those of its clients."""

    def __init__(self, port, certificates, scenario):
        self._port, self._certificates, self._scenario, self.exchanges = port, certificates, scenario, []
        self.url = f"https://127.0.0.1:{port}"
        self._contexts = {}

    # --- plumbing -------------------------------------------------------
    def _connection(self, user):
        if user not in self._contexts:
            context = ssl.create_default_context(cafile=f"{self._certificates}/pki/ca.crt")
            if user:
                context.load_cert_chain(f"{self._certificates}/{user}.crt", f"{self._certificates}/{user}.key")
            self._contexts[user] = context
        return http.client.HTTPSConnection("127.0.0.1", self._port, context=self._contexts[user], timeout=60)

    def _open(self, name, method, target, body, headers, user):
        headers = dict(headers or {})
        exchange = {"name": name, "request": {"method": method, "target": target, "user": user or "anonymous"}}
        payload = None
        if isinstance(body, bytes):
            payload = body
            exchange["request"]["body_base64" if len(body) < 4096 else "body_bytes"] = (
                base64.b64encode(body).decode() if len(body) < 4096 else len(body))
        elif isinstance(body, str):
            payload = body.encode()
            exchange["request"]["body"] = body
        elif body is not None:
            payload = json.dumps(body).encode()
            exchange["request"]["body"] = body
            headers.setdefault("Content-Type", "application/json")
        exchange["request"]["headers"] = headers
        self.exchanges.append(exchange)
        connection = self._connection(user)
        connection.putrequest(method, target, skip_accept_encoding=True, skip_host="Host" in headers)
        if "User-Agent" not in headers:
            connection.putheader("User-Agent", "record/1")
        for key, value in headers.items():
            connection.putheader(key, value)
        if payload is not None or method in ("POST", "PUT", "PATCH"):
            connection.putheader("Content-Length", str(len(payload or b"")))
        connection.endheaders(payload)
        return connection, exchange

    def send(self, name, method, target, body=None, headers=None, user="admin", keep=None):
        """Sends one request. `keep` may trim a large response body before it is recorded."""
        response = None
        try:
            connection, exchange = self._open(name, method, target, body, headers, user)
            response = connection.getresponse()
            text = response.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException) as error:
            self.exchanges[-1]["broken"] = f"{type(error).__name__}: {error}"
            return Response(0, {}, "")
        body = body_of(text)
        exchange["response"] = {"status": response.status, "headers": kept(response.getheaders()),
                                "body": keep(body) if keep else body}
        if isinstance(body, dict) and text.startswith("{\n"):
            exchange["response"]["indented"] = True
        connection.close()
        return Response(response.status, response.headers, text)

    def watch(self, name, target, headers=None, user="admin"):
        connection, exchange = self._open(name, "GET", target, None, headers, user)
        return Watch(self, exchange, connection)

    def current(self, target, **change):
        """The object as it is now, with some top-level members changed: a body for PUT."""
        return {**self.quietly("GET", target).json, **change}

    # --- short forms ----------------------------------------------------
    def get(self, name, target, **more):
        return self.send(name, "GET", target, **more)

    def post(self, name, target, body=None, **more):
        return self.send(name, "POST", target, body, **more)

    def put(self, name, target, body=None, **more):
        return self.send(name, "PUT", target, body, **more)

    def delete(self, name, target, body=None, **more):
        return self.send(name, "DELETE", target, body, **more)

    def patch(self, name, target, body, kind="merge", **more):
        """`kind`: merge, json, strategic or apply (or a whole media type)."""
        media = {"merge": "application/merge-patch+json", "json": "application/json-patch+json",
                 "strategic": "application/strategic-merge-patch+json",
                 "apply": "application/apply-patch+yaml"}.get(kind, kind)
        headers = {"Content-Type": media, **more.pop("headers", {})}
        return self.send(name, "PATCH", target, body, headers=headers, **more)

    def quietly(self, method, target, body=None, headers=None, user="admin"):
        """A request that belongs to the scaffolding and is not recorded."""
        count = len(self.exchanges)
        response = self.send("", method, target, body, headers, user)
        del self.exchanges[count:]
        return response

    def until(self, target, holds, seconds=20, every=0.05, **more):
        """Looks again, unrecorded, until `holds(response)`: what is waited for happens inside the server."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            response = self.quietly("GET", target, **more)
            if holds(response):
                return response
            time.sleep(every)
        return response

    def namespace(self, suffix=""):
        """This scenario's own fresh namespace."""
        name = f"rec-{self._scenario}{suffix}"
        self.quietly("POST", "/api/v1/namespaces",
                     {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        return name


def kept(headers):
    """Header -> value, or -> list of values where it came more than once (Warning does)."""
    found = {}
    for key, value in headers:
        if key.lower() not in SKIPPED_HEADERS:
            found.setdefault(key, []).append(value)
    return {key: values[0] if len(values) == 1 else values for key, values in found.items()}


def short(value):
    """The same with long runs of one character written as <x * 1000000>."""
    if isinstance(value, dict):
        return {short(key): short(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [short(inner) for inner in value]
    if isinstance(value, str) and len(value) > 500:
        return re.sub(r"(.)\1{499,}", lambda m: f"<{m[1]} * {len(m[0])}>", value)
    return value


def body_of(text):
    try:
        return json.loads(text)
    except ValueError:
        return text
