import { log } from '../tla/log.mjs';
import './y.mjs';
log('x runs');
export const x = 1;
