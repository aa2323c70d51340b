import { none } from './fine.mjs';
globalThis.graph.push('never');
