import { log } from '../tla/log.mjs';
import './shared.mjs';
log('d1 begins');
await null; await null;
log('d1 ends');
export default 10;
