import './after.mjs';
import './throwing.mjs';
globalThis.graph.push('other');
