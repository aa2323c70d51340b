import { list } from './registry.mjs';
list.push('base');
export const shared = {};
export let count = 0;
export const up = () => ++count;
