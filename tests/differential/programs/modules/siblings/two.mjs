import { log } from '../tla/log.mjs';
import './one.mjs';
log('two begins');
await null;
log('two ends');
