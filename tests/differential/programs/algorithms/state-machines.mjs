// A coroutine scheduler over generators, with messages and priorities.
const log = [];
const mail = { a: [], b: [], c: [] };
function* actor(name, peer, rounds) { for (let at = 0; at < rounds; at++) { const got = mail[name].shift(); if (got !== undefined) log.push(`${name}<${got}`); mail[peer].push(`${name}${at}`); const order = yield at % 3; if (order === 'stop') { try { yield 'cleaning'; } finally { log.push(`${name} stopped`); } return 'early'; } } return `${name} done`; }
const tasks = [['a', actor('a', 'b', 6)], ['b', actor('b', 'c', 8)], ['c', actor('c', 'a', 10)]];
let turn = 0;
while (tasks.length) {
  const at = turn++ % tasks.length;
  const [name, task] = tasks[at];
  const { value, done } = task.next(turn === 17 ? 'stop' : undefined);
  log.push(`${name}:${value}`);
  if (done) tasks.splice(at, 1);
}
for (let at = 0; at < log.length; at += 12) print(log.slice(at, at + 12).join(' '));
print(JSON.stringify(mail));
