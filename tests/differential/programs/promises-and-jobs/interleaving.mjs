// Many consumers and producers over a few queues: the whole history as one digest, and its first steps.
const history = [];
class Channel { #items = []; #waiting = []; put(value) { const next = this.#waiting.shift(); if (next) next(value); else this.#items.push(value); } take() { return this.#items.length ? Promise.resolve(this.#items.shift()) : new Promise((resolve) => this.#waiting.push(resolve)); } }
const channels = [new Channel(), new Channel(), new Channel()];
const produce = async (name, from, count) => { for (let at = 0; at < count; at++) { channels[(from + at) % 3].put(`${name}${at}`); history.push(`+${name}${at}`); if (at % 2) await null; if (at % 5 === 0) await new Promise((resolve) => resolve(Promise.resolve())); } };
const consume = async (name, from, count) => { for (let at = 0; at < count; at++) { const value = await channels[from].take(); history.push(`${name}<${value}`); if (at % 3 === 0) await { then: (resolve) => resolve() }; } };
async function* relay(count) { for (let at = 0; at < count; at++) { yield channels[0].take(); } }
await Promise.all([produce('p', 0, 15), produce('q', 1, 15), produce('r', 2, 15), consume('x', 1, 7), consume('y', 1, 8), consume('z', 2, 15), (async () => { for await (const value of relay(15)) history.push(`relay<${value}`); })()]);
let digest = 0;
for (const each of history) for (let at = 0; at < each.length; at++) digest = (digest * 31 + each.charCodeAt(at)) % 1000000007;
print(history.slice(0, 40).join(' '));
print(history.slice(40).join(' '));
print(`${history.length} ${digest}`);
