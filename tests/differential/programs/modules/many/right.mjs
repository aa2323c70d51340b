import { list } from './registry.mjs';
export * from './base.mjs';
import './left.mjs';
list.push('right');
export const value = 'right';
