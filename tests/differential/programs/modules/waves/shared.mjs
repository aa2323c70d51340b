import { log } from '../tla/log.mjs';
log('shared begins');
await new Promise((resolve) => Promise.resolve().then(() => Promise.resolve()).then(resolve));
log('shared ends');
