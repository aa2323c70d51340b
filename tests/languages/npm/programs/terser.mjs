import { minify } from 'terser';
const { code, map } = await minify({ 'a.js': 'function add(first, second) { const unused = 1; if (true) { return first + second; } }\nconsole.log(add(1, 2));' }, { sourceMap: true, toplevel: true, module: true });
console.log(code, JSON.parse(map).mappings.length > 0);
