// A real SMTP server on loopback: node server.js plain|tls|auth|tls-auth [KEY CERTIFICATE]. tls offers STARTTLS, with the certificate of the PEM files or
// one of its own that nobody trusts; auth wants a login, which with tls is taken only once the line is encrypted. Says {"port": n} when it listens, then one JSON line per mail that it has taken and per
// refusal. Commands come as JSON lines on stdin and are answered with {"ok": n}:
//   {"n": 1, "mood": {"reject": [...], "greylist": true, "delay": ms, "closeInData": n, "forget": n}}
//   {"n": 2, "listen": false}   stops listening and drops every connection; true listens on the same port again
const fs = require("fs");
const { SMTPServer } = require("smtp-server");
const readline = require("readline");

const [kind, key, certificate] = process.argv.slice(2);
const offersTls = kind.startsWith("tls"), wantsAuth = kind.endsWith("auth");
let mood = {}, port = 0, server = null, seen = new Set();
const say = (line) => process.stdout.write(JSON.stringify(line) + "\n");
const drop = (session) => [...server.connections].filter((c) => c.session === session).forEach((c) => c._socket.destroy());
const refuse = (code, text) => Object.assign(new Error(text), { responseCode: code });

function start() {
  server = new SMTPServer({
    authOptional: !wantsAuth,
    allowInsecureAuth: !offersTls,
    ...(key && { key: fs.readFileSync(key), cert: fs.readFileSync(certificate) }),
    disableReverseLookup: true,
    closeTimeout: 100,
    logger: false,
    hideSTARTTLS: !offersTls,
    hideSize: true,
    onAuth(auth, session, done) {
      say({ event: "auth", user: auth.username, secure: session.secure });
      done(auth.password === "secret" ? null : refuse(535, "5.7.8 wrong password"), { user: auth.username });
    },
    onConnect(session, done) { say({ event: "connect" }); done(); },
    onRcptTo(address, session, done) {
      const to = address.address;
      if ((mood.reject || []).includes(to)) return done(refuse(550, "5.1.1 no such user here"));
      if (mood.greylist && !seen.has(to)) { seen.add(to); return done(refuse(450, "4.2.0 greylisted, come again")); }
      done();
    },
    onData(stream, session, done) {
      if (mood.closeInData > 0) {
        mood.closeInData--;
        stream.once("data", () => { say({ event: "closed" }); drop(session); });
        stream.resume();
        return;
      }
      const chunks = [];
      stream.on("data", (c) => chunks.push(c));
      stream.on("end", () => setTimeout(() => {
        say({ event: "mail", from: session.envelope.mailFrom.address, to: session.envelope.rcptTo.map((r) => r.address), raw: Buffer.concat(chunks).toString("base64"), secure: session.secure });
        // The unavoidable case: taken, but the sender never hears of it.
        if (mood.forget > 0) { mood.forget--; drop(session); return; }
        done(null, "2.0.0 taken");
      }, mood.delay || 0));
    },
  });
  server.on("error", () => {});
  return new Promise((resolve) => server.listen(port, "127.0.0.1", function () { port = server.server.address().port; resolve(); }));
}

function stop() {
  const old = server;
  server = null;
  old.connections.forEach((c) => c._socket.destroy());
  return new Promise((resolve) => old.server.close(() => resolve()));
}

start().then(() => say({ port }));
readline.createInterface({ input: process.stdin }).on("line", async (line) => {
  const command = JSON.parse(line);
  if (command.mood) { mood = command.mood; seen = new Set(); }
  if (command.listen === false && server) await stop();
  if (command.listen === true && !server) await start();
  say({ ok: command.n });
}).on("close", () => process.exit(0));
