import { log } from '../tla/log.mjs';
import { c } from './c.mjs';
log('b begins');
await null;
await null;
export const b = `b over ${c}`;
log('b ends');
