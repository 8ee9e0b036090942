"""A Heliograph robot in Python, written from docs/protocol.md alone: `websockets` and the standard library.

It signs in at Cognito, keeps one connection for months, refreshes its token on the open socket, comes
back after every loss, and answers each `custom` signal of an operator with an echo. For WebRTC, put
aiortc where `on_signal` is.

    pip install websockets
    HELIOGRAPH_URL=ws://127.0.0.1:4510/local HELIOGRAPH_IDENTITY=http://127.0.0.1:4511 \
    HELIOGRAPH_CLIENT_ID=heliographlocalrobots HELIOGRAPH_USER=rover-2 \
    HELIOGRAPH_PASSWORD=Heliograph-1! python robot.py
"""

import asyncio
import json
import os
import random
import sys
import time
import urllib.error
import urllib.request
from collections import OrderedDict

import websockets

URL = os.environ["HELIOGRAPH_URL"]
IDENTITY = os.environ["HELIOGRAPH_IDENTITY"]
CLIENT_ID = os.environ["HELIOGRAPH_CLIENT_ID"]
USER = os.environ["HELIOGRAPH_USER"]
PASSWORD = os.environ["HELIOGRAPH_PASSWORD"]

KEPT_SIGNALS = 64
PING_EVERY_S = 20
REPLACED_WAIT_S = 60
FINAL_CODES = ("NotAuthorizedException", "UserNotFoundException", "PasswordResetRequiredException")


class SignInFinal(Exception):
    """Cognito said no for good: somebody must act."""


class Stopped(Exception):
    """The server said that a new connection is not worth a try."""


def say(line):
    print(line, flush=True)


class Tokens:
    """The access token in use. Refreshed while that works, by password when it does not."""

    def __init__(self):
        self.access = None
        self.refresh = None
        self.ends = 0.0  # by this machine's monotonic clock

    def call(self, flow, parameters):
        body = {"AuthFlow": flow, "ClientId": CLIENT_ID, "AuthParameters": parameters}
        request = urllib.request.Request(
            IDENTITY,
            data=json.dumps(body).encode(),
            headers={
                "content-type": "application/x-amz-json-1.1",
                "x-amz-target": "AWSCognitoIdentityProviderService.InitiateAuth",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                result = json.load(response)["AuthenticationResult"]
        except urllib.error.HTTPError as failure:
            try:
                answer = json.load(failure)
            except ValueError:
                raise OSError(f"status {failure.code}, and not by Cognito") from None
            code = answer.get("__type", "").split("#")[-1]
            # The lock-out has the name of a wrong password; it passes.
            if code in FINAL_CODES and answer.get("message") != "Password attempts exceeded":
                raise SignInFinal(code) from None
            raise OSError(code) from None
        except (KeyError, ValueError) as failure:
            raise OSError("no tokens in the answer") from failure
        self.access = result["AccessToken"]
        self.refresh = result.get("RefreshToken", self.refresh)
        self.ends = time.monotonic() + result["ExpiresIn"]

    def renew(self):
        if self.refresh is not None:
            try:
                return self.call("REFRESH_TOKEN_AUTH", {"REFRESH_TOKEN": self.refresh})
            except SignInFinal:
                self.refresh = None
        self.call("USER_PASSWORD_AUTH", {"USERNAME": USER, "PASSWORD": PASSWORD})

    def for_connect(self):
        if self.access is None or self.ends - time.monotonic() < 60:
            self.renew()
        return self.access


class Session:
    """The numbered signals of one session, both ways: each is heard once and in order."""

    def __init__(self, session_id):
        self.id = session_id
        self.sent = OrderedDict()
        self.last_sent = 0
        self.received = 0
        self.early = {}

    def number(self, kind, data):
        self.last_sent += 1
        self.sent[self.last_sent] = (kind, data)
        while len(self.sent) > KEPT_SIGNALS:
            self.sent.popitem(last=False)
        return self.last_sent

    def in_turn(self, signal):
        if self.received < signal["seq"] <= self.received + 1000:
            self.early[signal["seq"]] = signal
        while self.received + 1 in self.early:
            self.received += 1
            yield self.early.pop(self.received)


class Robot:
    def __init__(self):
        self.tokens = Tokens()
        self.sessions = {}
        self.robot_id = None
        self.spread_s = 0.0
        self.was_welcomed = False

    async def send(self, socket, message):
        await socket.send(json.dumps(message))

    async def transmit(self, socket, session, seq):
        kind, data = session.sent[seq]
        await self.send(
            socket,
            {"action": "signal", "sessionId": session.id, "robotId": self.robot_id, "seq": seq, "kind": kind, "data": data},
        )

    async def resend(self, socket, session, received):
        for seq in [seq for seq in session.sent if seq > received]:
            await self.transmit(socket, session, seq)

    async def on_signal(self, socket, session, signal):
        """The application. Replace it by yours."""
        if signal["kind"] == "custom":
            seq = session.number("custom", {"echo": signal.get("data")})
            await self.transmit(socket, session, seq)

    async def keep_fresh(self, socket, times):
        """Refreshes once, when it is due by the server's clock."""
        await asyncio.sleep(max(1, (times["refreshAt"] - times["sentAt"]) / 1000))
        failures = 0
        while True:
            try:
                await asyncio.to_thread(self.tokens.renew)
                return await self.send(socket, {"action": "refreshToken", "token": self.tokens.access})
            except SignInFinal as failure:
                # The connection is good until the token ends; then `for_connect` says it again.
                return say(f"sign in anew: {failure}")
            except OSError as failure:
                failures += 1
                say(f"the token was not renewed: {failure}")
                await asyncio.sleep(backoff_s(failures))

    async def heartbeat(self, socket, every_s):
        while True:
            await asyncio.sleep(min(PING_EVERY_S, every_s) if self.sessions else every_s)
            await self.send(socket, {"action": "ping" if self.sessions else "keepAlive"})

    async def serve(self, socket):
        """One connection, from `hello` to its end. Gives the server's parting word, if there was one."""
        hello = {"action": "hello", "protocol": 1, "agent": "heliograph-python"}
        if self.was_welcomed:
            hello["resume"] = True
            hello["received"] = {session.id: session.received for session in self.sessions.values()}
        await self.send(socket, hello)
        tasks = {}
        go_away = None
        try:
            async for frame in socket:
                message = json.loads(frame)
                kind = message.get("type")
                if kind == "welcome":
                    self.robot_id = message["robotId"]
                    self.was_welcomed = True
                    self.spread_s = message["policy"]["reconnectSpreadMs"] / 1000
                    say(f"online as {self.robot_id}")
                    every_s = message["policy"]["heartbeatMs"] / 1000
                    restart(tasks, "heartbeat", self.heartbeat(socket, every_s))
                    restart(tasks, "refresh", self.keep_fresh(socket, message))
                    known = {entry["sessionId"]: entry for entry in message["sessions"]}
                    self.sessions = {id: self.sessions.get(id) or Session(id) for id in known}
                    for session in self.sessions.values():
                        await self.resend(socket, session, known[session.id]["received"])
                elif kind == "tokenRefreshed":
                    say("token refreshed")
                    restart(tasks, "refresh", self.keep_fresh(socket, message))
                elif kind in ("tokenExpiring", "tokenExpired"):
                    restart(tasks, "refresh", self.keep_fresh(socket, {"sentAt": 0, "refreshAt": 0}))
                elif kind == "sessionRequested":
                    self.sessions.setdefault(message["sessionId"], Session(message["sessionId"]))
                elif kind == "sessionClosed":
                    self.sessions.pop(message["sessionId"], None)
                elif kind == "signal":
                    session = self.sessions.setdefault(message["sessionId"], Session(message["sessionId"]))
                    for signal in session.in_turn(message):
                        await self.on_signal(socket, session, signal)
                elif kind == "peerBack" and message["sessionId"] in self.sessions:
                    await self.resend(socket, self.sessions[message["sessionId"]], message["received"])
                elif kind == "goAway":
                    go_away = message
                    if message["code"] == "connection_max_age":
                        break  # A second connection first would be better: see the protocol page.
                elif kind == "error":
                    say(f"refused: {message['code']}")
                    if message["code"] == "unauthenticated":
                        break
        except websockets.ConnectionClosed:
            pass
        finally:
            for task in tasks.values():
                task.cancel()
        return go_away

    async def run(self):
        failures = 0
        renewed = False
        while True:
            began = time.monotonic()
            go_away = None
            try:
                token = await asyncio.to_thread(self.tokens.for_connect)
                headers = {"Authorization": f"Bearer {token}"}
                async with websockets.connect(URL, additional_headers=headers, ping_interval=30) as socket:
                    go_away = await self.serve(socket)
            except websockets.InvalidStatus as refusal:
                status = refusal.response.status_code
                say(f"the handshake was refused with {status}")
                if status == 400 or (status in (401, 403) and renewed):
                    raise Stopped(f"status {status} with a fresh token") from None
                if status in (401, 403):
                    self.tokens.access = None
                    renewed = True
            except (OSError, websockets.WebSocketException, asyncio.TimeoutError) as failure:
                say(f"no connection: {type(failure).__name__}")
            held_s = time.monotonic() - began
            if held_s > 10:
                failures, renewed = 0, False
            failures += 1
            wait_s = backoff_s(failures)
            if go_away is not None:
                if not go_away["reconnect"]:
                    raise Stopped(go_away["code"])
                if go_away["code"] in ("token_expired", "revoked"):
                    self.tokens.access = None
                if go_away["code"] in ("replaced", "shutdown"):
                    least_s = REPLACED_WAIT_S if go_away["code"] == "replaced" else 0
                    wait_s += max(least_s, go_away.get("reconnectAfterMs", 0) / 1000)
            elif held_s > 10 and not self.sessions:
                wait_s = random.uniform(0, self.spread_s)
            await asyncio.sleep(wait_s)


def backoff_s(failures):
    """Full jitter, from 0.5 s to 20 s."""
    return random.uniform(0, min(20, 0.5 * 2 ** min(failures - 1, 10)))


def restart(tasks, name, work):
    if name in tasks:
        tasks[name].cancel()
    tasks[name] = asyncio.create_task(work)


if __name__ == "__main__":
    try:
        asyncio.run(Robot().run())
    except KeyboardInterrupt:
        pass
    except (Stopped, SignInFinal) as end:
        say(f"ended: {end}")
        sys.exit(1)
