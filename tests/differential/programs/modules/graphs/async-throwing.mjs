globalThis.graph.push('async begins');
await null;
throw new Error('after await');
