// A graph of forty modules made of data that each has of the others: order and identity.
import { list } from './many/registry.mjs';
import * as left from './many/left.mjs';
import * as right from './many/right.mjs';
print(list.join(' '));
print(`${left.shared === right.shared} ${left.value} ${right.value} ${left.up()} ${right.up()} ${left.count} ${right.count}`);
print([Object.keys(left), Object.keys(right)].join(' | '));
const spaces = await Promise.all(['left', 'right', 'base'].map((name) => import(`./many/${name}.mjs`)));
print(`${spaces[0] === left} ${spaces[1] === right} ${spaces[2].count} ${list.length}`);
