// One recorded conversation, said again to a sidecar: its requests, with the names that are given out now, and what it
// answers and tells held to what was recorded.

import { spawn } from "node:child_process";
import { once } from "node:events";

import { Frames, framed, unframed } from "./codec.mjs";
import { plain, shape } from "./shape.mjs";

/// How long something that was recorded may take to come.
const PATIENCE = 20_000;

/// Says it again, and gives what went otherwise.
export async function replay(codec, conversation, command, env) {
  const going = new Replay(codec, conversation, command, env);
  for (const said of conversation.said) {
    if (said.frame === undefined) going.send(said.bytes);
    else await going.goesOn(said.frame);
  }
  return going.end();
}

class Replay {
  /// Names that were given out: as they were recorded, and as they are now.
  #names = new Map();
  #answers = [];
  #questions = [];
  /// The question now for each that was recorded, by its number.
  #asked = new Map();
  #now = new Told();
  #then = new Told();
  #differences = [];
  #over = false;
  #wake = () => {};

  constructor(codec, conversation, [program, ...words], env) {
    this.codec = codec;
    this.conversation = conversation;
    this.child = spawn(program, words, { env, stdio: ["pipe", "pipe", "ignore"] });
    // A sidecar that has ended takes nothing, which its end tells.
    this.child.stdin.on("error", () => {});
    this.exit = once(this.child, "exit");
    const frames = new Frames();
    this.child.stdout.on("data", (piece) => {
      for (const bytes of frames.push(piece)) this.#hears(bytes);
      this.#wake();
    });
    this.child.stdout.on("close", () => {
      this.#over = true;
      this.#wake();
    });
  }

  send(bytes) {
    this.child.stdin.write(bytes);
  }

  /// The next thing that was recorded: it is said again, or it is waited for.
  async goesOn({ tag, val }) {
    switch (tag) {
      case "RequestFrame": {
        const asked = this.#renamed(val);
        if (val.payload.tag === "ExecuteRequest") {
          this.#then.forget(val.ownership, val.payload.val.processId);
          this.#now.forget(asked.ownership, val.payload.val.processId);
        }
        return this.send(framed(this.codec, { tag, val: asked }));
      }
      case "ResponseFrame":
        return this.#answered(val);
      case "EventFrame":
        return this.#told(val);
      case "SidecarRequestFrame":
        return this.#asks(val);
      case "SidecarResponseFrame":
        return this.#responds(val);
    }
  }

  #hears(bytes) {
    const frame = unframed(this.codec, bytes);
    if (frame === undefined) return this.#differs(`a frame that the codec cannot read: ${bytes.toString("hex")}`);
    if (!framed(this.codec, frame).equals(bytes)) this.#differs(`a frame written another way: ${bytes.toString("hex")}`);
    const { tag, val } = frame;
    if (tag === "ResponseFrame") this.#answers.push(val);
    else if (tag === "EventFrame") this.#now.hear(val);
    else if (tag !== "SidecarRequestFrame") this.#differs(`${tag} from a sidecar`);
    else if (val.payload.tag === "JsBridgeCallRequest") this.#serves(val);
    else this.#questions.push(val);
  }

  #serves({ schema, requestId, ownership, payload: { val: call } }) {
    const then = this.conversation.bridge(call.operation, call.args);
    const not = `ENOENT: ${call.operation} was not recorded`;
    const answer = { callId: call.callId, result: then?.result ?? null, error: then ? then.error : not };
    const payload = { tag: "JsBridgeResultResponse", val: answer };
    this.send(framed(this.codec, { tag: "SidecarResponseFrame", val: { schema, requestId, ownership, payload } }));
  }

  /// With the names that were given out now.
  #renamed(val) {
    const again = { ...val, ownership: this.#scope(val.ownership), payload: { ...val.payload } };
    const asked = again.payload.val;
    if (asked?.layerId !== undefined) again.payload.val = { ...asked, layerId: this.#name(asked.layerId) };
    if (again.payload.tag === "CreateOverlayRequest") {
      again.payload.val = {
        ...asked,
        upperLayerId: asked.upperLayerId === null ? null : this.#name(asked.upperLayerId),
        lowerLayerIds: asked.lowerLayerIds.map((name) => this.#name(name)),
      };
    }
    return again;
  }

  #name(name) {
    return this.#names.get(name) ?? name;
  }

  #scope({ tag, val }) {
    return { tag, val: Object.fromEntries(Object.entries(val).map(([key, name]) => [key, this.#name(name)])) };
  }

  async #answered(then) {
    const is = ({ requestId }) => requestId === then.requestId;
    await this.#wait(() => this.#answers.some(is));
    const at = this.#answers.findIndex(is);
    if (at < 0) return this.#differs(`no answer ${then.requestId}, where there was ${plain(then.payload)}`);
    const [now] = this.#answers.splice(at, 1);
    for (const name of ["connectionId", "sessionId", "vmId", "layerId"]) {
      const [given, gives] = [then.payload.val?.[name], now.payload.val?.[name]];
      if (given !== undefined && gives !== undefined) this.#names.set(given, gives);
    }
    this.#same("the scope", now.ownership, this.#scope(then.ownership));
    const times = this.conversation.name === "fs_utimes";
    const [ours, recorded] = [now, then].map(({ payload }) => shape(payload, times));
    if (ours !== recorded) this.#differs(`${plain(now.payload)}\n    instead of ${plain(then.payload)}`);
  }

  async #told(then) {
    this.#then.hear(then);
    const { tag, val } = then.payload;
    const [of, recorded] = [vmOf(this.#scope(then.ownership)), vmOf(then.ownership)];
    if (tag === "VmLifecycleEvent") {
      const at = this.#then.states.get(recorded).length - 1;
      await this.#wait(() => (this.#now.states.get(of)?.length ?? 0) > at);
      return this.#same("the VM is", this.#now.states.get(of)?.[at], val.state);
    }
    const [program, before] = [`${of} ${val.processId}`, `${recorded} ${val.processId}`];
    if (tag === "ProcessOutputEvent" && val.channel === "Stdout") {
      const { length } = this.#then.wrote(before);
      await this.#wait(() => this.#now.wrote(program).length >= length || this.#now.exits.has(program));
    }
    if (tag === "ProcessExitedEvent") {
      await this.#wait(() => this.#now.exits.has(program));
      this.#same(`${val.processId} ends with`, this.#now.exits.get(program), val.exitCode);
      this.#same(`${val.processId} wrote`, this.#now.wrote(program).toString(), this.#then.wrote(before).toString());
    }
  }

  /// Calls of functions are compared one by one; what is asked of a mount is the sidecar's own matter.
  async #asks({ requestId, payload: { tag, val: call } }) {
    if (tag !== "HostCallbackRequest") return;
    await this.#wait(() => this.#questions.length > 0);
    const now = this.#questions.shift();
    if (now === undefined) return this.#differs(`no call, where there was ${plain(call)}`);
    const says = ({ callbackKey, input, timeoutMs }) => [callbackKey, JSON.parse(input), timeoutMs];
    this.#same("a call", says(now.payload.val), says(call));
    this.#asked.set(requestId, now);
  }

  #responds(then) {
    if (then.payload.tag === "JsBridgeResultResponse") return;
    const asked = this.#asked.get(then.requestId);
    const again = { ...then, payload: { ...then.payload } };
    if (asked !== undefined) {
      again.requestId = asked.requestId;
      again.ownership = asked.ownership;
      again.payload.val = { ...then.payload.val, invocationId: asked.payload.val.invocationId };
    }
    this.send(framed(this.codec, { tag: "SidecarResponseFrame", val: again }));
  }

  /// Until this is so, the sidecar says nothing for too long, or it has ended.
  async #wait(done) {
    const until = Date.now() + PATIENCE;
    while (!done() && !this.#over && Date.now() < until) {
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, until - Date.now());
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  #same(what, now, then) {
    if (plain(now) !== plain(then)) this.#differs(`${what} ${plain(now)} instead of ${plain(then)}`);
  }

  #differs(how) {
    this.#differences.push(how);
  }

  /// Ends its input, and gives what went otherwise.
  async end() {
    this.child.stdin.end();
    const late = setTimeout(() => this.child.kill("SIGKILL"), PATIENCE);
    const [code] = await this.exit;
    clearTimeout(late);
    this.#same("the process ends with", code, this.conversation.exitCode);
    for (const { payload } of this.#answers) this.#differs(`an answer that was not recorded: ${plain(payload)}`);
    return this.#differences;
  }
}

/// What one side's sidecar told of its VMs.
class Told {
  states = new Map();
  exits = new Map();
  /// What was written to standard output. What is said to people, on standard error, is not compared.
  #output = new Map();

  wrote(program) {
    return Buffer.concat(this.#output.get(program) ?? []);
  }

  /// A name is free for another program once its own has ended.
  forget(scope, process) {
    this.#output.delete(`${vmOf(scope)} ${process}`);
    this.exits.delete(`${vmOf(scope)} ${process}`);
  }

  hear({ ownership, payload: { tag, val } }) {
    const of = vmOf(ownership);
    const add = (map, key, value) => map.set(key, [...(map.get(key) ?? []), value]);
    if (tag === "VmLifecycleEvent") add(this.states, of, val.state);
    if (tag === "ProcessOutputEvent" && val.channel === "Stdout") {
      add(this.#output, `${of} ${val.processId}`, Buffer.from(val.chunk));
    }
    if (tag === "ProcessExitedEvent") this.exits.set(`${of} ${val.processId}`, val.exitCode);
  }
}

/// The VM that something is about.
function vmOf({ val }) {
  return val.vmId ?? "";
}
