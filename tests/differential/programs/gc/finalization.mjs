// Whether and when anything is collected is the engine's to say: a program only sees that nothing it holds goes.
const registry = new FinalizationRegistry((held) => { if (held === 'kept') print('collected what is held'); });
const kept = { name: 'kept' };
registry.register(kept, 'kept');
const refs = Array.from({ length: 50 }, (_, at) => new WeakRef(at === 7 ? kept : { at }));
for (let at = 0; at < 20000; at++) ({ at, self: [at] });
await null;
print(`${refs[7].deref() === kept} ${refs.every((ref) => ref.deref() === undefined || typeof ref.deref() === 'object')}`);
const map = new WeakMap([[kept, new WeakRef(kept)]]);
print(`${map.get(kept).deref().name} ${registry.unregister(kept)}`);
print('end');
