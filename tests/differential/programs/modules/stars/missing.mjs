import { none } from './one.mjs';
