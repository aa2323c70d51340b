// In which turn of the queue each step is done, beside a counter that takes one turn a step.
let turn = 0;
const count = () => { turn++; if (turn < 40) return Promise.resolve().then(count); };
const at = (label) => (value) => print(`${label} at ${turn}: ${value?.value ?? value}`);
async function* plain() { yield 'a'; yield 'b'; return 'c'; }
async function* awaits() { yield await 'a'; yield Promise.resolve('b'); return Promise.resolve('c'); }
async function* delegates() { return yield* plain(); }
async function* fromSync() { return yield* ['a', 'b']; }
const drive = async (label, it) => { let result; do { result = await it.next(); at(label)(result); } while (!result.done); };
const first = Promise.all([count(), drive('plain', plain()), drive('awaits', awaits()), drive('delegates', delegates()), drive('sync', fromSync())]);
plain().return('r').then(at('return early'));
plain().throw('t').catch(at('throw early'));
await first;
turn = 0;
const finished = plain();
for await (const value of finished);
const again = count();
finished.return(Promise.resolve('p')).then(at('return late'));
finished.next().then(at('next late'));
finished.throw('t').catch(at('throw late'));
await again;
