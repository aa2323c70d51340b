import { default as none } from './all.mjs';
