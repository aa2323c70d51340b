import { log } from './log.mjs';
log('quick begins');
await null;
log('quick ends');
