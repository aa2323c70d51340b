globalThis.graph.push('after');
