import { log } from './tla/log.mjs';
globalThis.sibling = log;
import './siblings/one.mjs';
import './siblings/two.mjs';
import './siblings/three.mjs';
import './siblings/plain.mjs';
log('main');
print(log().join(' '));
