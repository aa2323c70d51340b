import { log } from '../tla/log.mjs';
log('q begins');
for (let at = 0; at < 4; at++) await null;
log('q ends');
