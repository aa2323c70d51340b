// Jobs that make jobs: what is queued in the last turn runs too, and all before the program ends.
const seen = [];
const chain = (name, left) => { seen.push(`${name}${left}`); if (left > 0) Promise.resolve().then(() => chain(name, left - 1)); else print(`${name} done after ${seen.length}`); };
for (let at = 0; at < 5; at++) chain(`c${at}.`, at * 7);
let depth = 0;
const grow = () => { if (++depth < 2000) Promise.resolve().then(grow); else print(`deep ${depth}`); };
grow();
const wide = Array.from({ length: 500 }, (_, at) => Promise.resolve(at));
let sum = 0;
for (const promise of wide) promise.then((value) => { sum += value; if (value === 499) print(`wide ${sum}`); });
const registry = [];
async function worker(name, rounds) { for (let at = 0; at < rounds; at++) { await (at % 3 === 0 ? null : at % 3 === 1 ? Promise.resolve() : { then: (resolve) => resolve() }); registry.push(name); } print(`${name} ends at ${registry.length}`); }
for (let at = 0; at < 6; at++) worker(`w${at}`, 3 + at);
Promise.resolve().then(() => print(registry.join(' ')));
print(`script ends, ${seen.length}`);
export {};
