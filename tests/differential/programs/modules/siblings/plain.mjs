import { log } from '../tla/log.mjs';
log('plain');
