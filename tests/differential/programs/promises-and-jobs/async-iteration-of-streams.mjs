import { show } from '../../show.mjs';
class Stream { #items = []; #readers = []; #ended = false; write(value) { const reader = this.#readers.shift(); if (reader) reader({ value, done: false }); else this.#items.push(value); } end() { this.#ended = true; for (const reader of this.#readers.splice(0)) reader({ value: undefined, done: true }); } [Symbol.asyncIterator]() { return { next: () => (this.#items.length ? Promise.resolve({ value: this.#items.shift(), done: false }) : this.#ended ? Promise.resolve({ value: undefined, done: true }) : new Promise((resolve) => this.#readers.push(resolve))), return: async () => { print('stream returned'); return { done: true }; } }; } }
const stream = new Stream();
async function* map(source, f) { for await (const each of source) yield f(each); }
async function* filter(source, f) { for await (const each of source) if (await f(each)) yield each; }
async function* batch(source, size) { let all = []; for await (const each of source) { all.push(each); if (all.length === size) yield all.splice(0); } if (all.length) yield all; }
(async () => { for (let at = 0; at < 20; at++) { stream.write(at); if (at % 3 === 0) await null; } stream.end(); })();
for await (const each of batch(filter(map(stream, async (x) => x * x), async (x) => x % 3 !== 0), 4)) print(show(each));
const second = new Stream();
for (let at = 0; at < 5; at++) second.write(at);
for await (const each of map(second, (x) => x)) { print(show(each)); if (each === 2) break; }
try { for await (const each of map(second, () => { throw new Error('mapper'); })); } catch (error) { print(error.message); }
const both = new Stream();
const readers = [1, 2].map(async (n) => { const seen = []; for await (const each of both) seen.push(each); return `${n}: ${seen}`; });
for (let at = 0; at < 7; at++) { both.write(at); await null; }
both.end();
print(show(await Promise.all(readers)));
