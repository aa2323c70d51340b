import { list } from './registry.mjs';
export { shared, up, count } from './base.mjs';
import './right.mjs';
list.push('left');
export const value = 'left';
