globalThis.graph.push('fine');
