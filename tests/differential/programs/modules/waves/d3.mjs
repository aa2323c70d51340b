import { log } from '../tla/log.mjs';
import './d1.mjs';
log('d3 begins');
const other = await import('./d2.mjs');
log(`d3 ends with ${other.default}`);
export default 30;
