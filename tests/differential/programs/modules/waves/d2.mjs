import { log } from '../tla/log.mjs';
import './shared.mjs';
log('d2');
export default 20;
