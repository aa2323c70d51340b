import './cycle-throwing-a.mjs';
globalThis.graph.push('b');
