import { log } from './log.mjs';
log('slow begins');
for (let at = 0; at < 5; at++) await null;
export const value = 'slow value';
log('slow ends');
