import { parse, tokenizer } from 'acorn';
const tree = parse('export const f = async ({ a = 1, ...rest }) => { for await (const x of rest) yield_(x ?? a?.b); };', { ecmaVersion: 'latest', sourceType: 'module' });
console.log(JSON.stringify(tree, (key, value) => typeof value === 'bigint' ? String(value) : value).length, tree.body[0].declaration.declarations[0].init.async);
console.log([...tokenizer('let a = /x+/g, b = `t${1}`', { ecmaVersion: 2022 })].map((token) => token.type.label).join(' '));
