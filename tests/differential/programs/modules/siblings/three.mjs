import { log } from '../tla/log.mjs';
log('three begins');
await null;
log('three ends');
