import { log } from './tla/log.mjs';
globalThis.mark = log;
const names = ['d1', 'd2', 'd3'];
log('main');
const results = await Promise.all(names.map(async (name, at) => { log(`import ${name}`); const space = await import(`./waves/${name}.mjs`); log(`${name} arrived`); return space.default + at; }));
log(results.join());
const again = names.map((name) => import(`./waves/${name}.mjs`).then(() => log(`again ${name}`)));
await Promise.all(again);
print(log().join('\n'));
