import { log } from './tla/log.mjs';
log('main begins to be linked');
const names = ['a', 'x', 'p'];
await Promise.all(names.map((name) => import(`./tla-cycles/${name}.mjs`).then((space) => log(`${name} done: ${Object.entries(space)}`), (error) => log(`${name} failed: ${error.message}`))));
const again = await Promise.allSettled(['a', 'b', 'c', 'x', 'y', 'p', 'q'].map((name) => import(`./tla-cycles/${name}.mjs`)));
log(again.map((each) => each.status).join(' '));
print(log().join('\n'));
