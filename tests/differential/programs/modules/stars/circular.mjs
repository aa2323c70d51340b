export { one as two } from './circular.mjs';
export { two as one } from './circular.mjs';
