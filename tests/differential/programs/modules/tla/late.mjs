import { log } from './log.mjs';
log('late');
export default Promise.resolve('a promise');
