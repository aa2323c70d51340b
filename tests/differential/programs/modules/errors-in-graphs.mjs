import { show } from '../../show.mjs';
const describe = (error) => (error instanceof SyntaxError ? 'SyntaxError' : show(error));
globalThis.graph = [];
for (const name of ['parent-of-throwing', 'throwing', 'parent-of-throwing', 'other-parent', 'cycle-throwing-a', 'cycle-throwing-b', 'async-parent', 'async-throwing', 'bad-link', 'bad-link-child', 'fine-beside']) {
  print(`${name}: ${await import(`./graphs/${name}.mjs`).then((space) => `fulfilled ${Object.keys(space)}`, describe)} [${globalThis.graph.splice(0).join(' ')}]`);
}
