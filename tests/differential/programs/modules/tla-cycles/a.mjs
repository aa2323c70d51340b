import { log } from '../tla/log.mjs';
import { b } from './b.mjs';
log('a begins');
await null;
export const a = `a over ${b}`;
log('a ends');
