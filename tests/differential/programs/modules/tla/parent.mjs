import { log } from './log.mjs';
import './quick.mjs';
import { value } from './slow.mjs';
log(`parent with ${value}`);
