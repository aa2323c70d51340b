import { log } from '../tla/log.mjs';
import './q.mjs';
import './r.mjs';
log('p runs');
export const p = 'p';
