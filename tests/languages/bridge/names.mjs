// Every name of the contract is there, under every way to ask for it; one that is not served says so, whatever it is given.
import { createRequire } from 'node:module';
import bridge, { _log, 'fs.openSync' as open } from 'tollgate:bridge';
import contract from './contract.json' with { type: 'json' };

const same = (what, is) => console.log(what, is ? 'ok' : 'WRONG');
const required = createRequire(import.meta.url)('tollgate:bridge');
same('required', required === bridge);
same('named', _log === bridge._log && open === bridge['fs.openSync']);

Object.assign(globalThis, bridge);
same('global', globalThis['fs.openSync'] === open && _moduleFormat.applySyncPromise(undefined, ['/none']) === null);

const names = contract.groups.flatMap((group) => group.names);
same('all', JSON.stringify(Object.keys(bridge)) === JSON.stringify(names));

const isNaming = (error, name) =>
  error.code === 'ERR_BRIDGE_NOT_SERVED' && error.bridgeName === name && error.message.includes(`'${name}'`);
const naming = (name, call) => {
  try {
    call();
  } catch (error) {
    return isNaming(error, name);
  }
  return false;
};

const circle = {};
circle.itself = circle;
for (const { convention, names: own } of contract.groups) {
  for (const name of own) {
    const fn = bridge[name];
    if (fn.name !== name) console.log('WRONG', name, 'is called', fn.name);
    const refers = convention !== 'async';
    if ((typeof fn.applySync === 'function') !== refers || (typeof fn.applySyncPromise === 'function') !== refers) {
      console.log('WRONG', name, 'refers');
    }
    if (name in contract.served) continue;
    const ways = [() => fn(), () => fn('x', 1), () => fn.apply(undefined, [circle, Symbol('s')], { result: { promise: true } })];
    if (refers) ways.push(() => fn.applySync(undefined, []), () => fn.applySyncPromise(undefined, [null]));
    console.log(ways.every((way) => naming(name, way)) ? 'names itself' : 'WRONG', name);
  }
}
