import './fine.mjs';
import './throwing.mjs';
import './after.mjs';
globalThis.graph.push('parent');
