export * from './one.mjs';
export * from './two.mjs';
export * as spaceOfOne from './one.mjs';
export { x as renamed } from './one.mjs';
export const own = 'own wins';
