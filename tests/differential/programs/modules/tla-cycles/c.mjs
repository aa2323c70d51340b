import { log } from '../tla/log.mjs';
import { a } from './a.mjs';
let seen;
try { seen = a; } catch (error) { seen = error.name; }
log(`c begins, a is ${seen}`);
await null;
export const c = 'c';
log('c ends');
