import './cycle-throwing-b.mjs';
globalThis.graph.push('a');
throw new Error('from a');
