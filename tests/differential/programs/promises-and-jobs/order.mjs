// The order of reactions, thenables, await and nested jobs, in one long line.
const seen = [];
const note = (name) => () => { seen.push(name); };
Promise.resolve().then(note('a1')).then(note('a2')).then(note('a3')).then(note('a4')).then(note('a5')).then(note('a6'));
(async () => { seen.push('b0'); await null; seen.push('b1'); await null; seen.push('b2'); await { then: (resolve) => resolve() }; seen.push('b3'); })();
new Promise((resolve) => resolve(Promise.resolve())).then(note('c'));
new Promise((resolve) => resolve({ then: (resolve) => resolve() })).then(note('d'));
(async () => Promise.resolve())().then(note('e'));
(async () => 1)().then(note('f'));
(async () => { throw 1; })().catch(note('g'));
Promise.reject().catch(note('h')).finally(note('i')).then(note('j'));
Promise.resolve().finally(() => Promise.resolve()).then(note('k'));
Promise.all([1, Promise.resolve()]).then(note('l'));
Promise.race([Promise.reject(), 1]).catch(note('m'));
Promise.resolve().then(() => { seen.push('n'); Promise.resolve().then(note('n1')); }).then(note('n2'));
Promise.resolve().then(() => Promise.resolve()).then(note('o'));
seen.push('end of the script');
for (let at = 0; at < 30; at++) await null;
print(seen.join(' '));
