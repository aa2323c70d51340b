import { log } from '../tla/log.mjs';
import './q.mjs';
import './p.mjs';
log('r runs after q');
