import { log } from '../tla/log.mjs';
log('one begins');
await null; await null; await null;
log('one ends');
