export const x = 'x of one';
export const both = 'one';
export const own = 'of one';
export { deep } from './two.mjs';
export default 'default is not taken along';
