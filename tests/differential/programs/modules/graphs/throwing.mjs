globalThis.graph.push('throwing');
throw new Error('thrown');
