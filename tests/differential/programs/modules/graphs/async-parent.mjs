import './async-throwing.mjs';
globalThis.graph.push('async parent');
