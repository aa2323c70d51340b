const map = new WeakMap();
const held = [];
for (let round = 0; round < 30; round++) {
  for (let at = 0; at < 500; at++) { const key = { round, at }; map.set(key, { key, list: [round, at] }); if (at % 100 === 0) held.push(key); }
  if (held.length > 60) held.splice(0, 30);
}
print(`${held.length} ${held.reduce((sum, key) => sum + map.get(key).list[0] * map.get(key).list[1], 0)}`);
const set = new WeakSet(held);
print(`${held.every((key) => set.has(key))} ${set.has({})}`);
const chain = new WeakMap();
let node = {};
const first = node;
for (let at = 0; at < 3000; at++) { const next = { at }; chain.set(node, next); node = next; }
let count = 0;
for (let at = first; chain.has(at); at = chain.get(at)) count++;
print(`${count} ${node.at}`);
