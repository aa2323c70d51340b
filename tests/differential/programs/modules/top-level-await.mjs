import { log } from './tla/log.mjs';
import { value } from './tla/slow.mjs';
import './tla/quick.mjs';
import './tla/parent.mjs';
log(`main with ${value}`);
const more = await import('./tla/late.mjs');
log(`late gave ${await more.default}`);
for await (const each of (async function* () { yield 1; yield 2; })()) log(`loop ${each}`);
{ const inner = await new Promise((resolve) => resolve('block')); log(inner); }
try { await Promise.reject(new Error('caught at the top')); } catch (error) { log(error.message); }
label: for (const each of [1, 2, 3]) { await null; if (each === 2) break label; log(`each ${each}`); }
print(log().join('\n'));
