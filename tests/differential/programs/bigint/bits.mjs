import { tell, attempt } from '../../show.mjs';
const values = [0n, 1n, -1n, 0xffn, -0x100n, 2n ** 31n, 2n ** 32n, -(2n ** 32n), 2n ** 63n, -(2n ** 63n), 2n ** 64n, -(2n ** 64n) + 1n, 0xdeadbeefcafebabe1234n];
for (const left of values) {
  tell(`${left} &`, values.map((right) => left & right));
  tell(`${left} |`, values.map((right) => left | right));
  tell(`${left} ^`, values.map((right) => left ^ right));
  tell(`~${left}`, ~left, -left);
  tell(`${left} <<`, [0n, 1n, 31n, 32n, 33n, 63n, 64n, 65n, 100n, -1n, -63n, -64n, -1000n].map((by) => left << by));
  tell(`${left} >>`, [0n, 1n, 31n, 32n, 33n, 63n, 64n, 65n, 100n, -1n, -64n, 2n ** 64n].map((by) => left >> by));
}
for (const by of [2n ** 32n, 2n ** 63n, 2n ** 64n, -(2n ** 64n)]) print(`1n >> ${by}: ${attempt(() => 1n >> by)}, -1n >> it: ${attempt(() => -1n >> by)}, 0n << it: ${attempt(() => 0n << by)}`);
print(attempt(() => 1n >>> 0n));
print(attempt(() => +1n));
