import { tell, attempt } from '../../show.mjs';
const values = [0n, 1n, -1n, 7n, -7n, 2n ** 31n, -(2n ** 31n), 2n ** 32n - 1n, 2n ** 63n, -(2n ** 63n), 2n ** 64n, 2n ** 64n - 1n, -(2n ** 64n), 123456789012345678901234567890n];
for (const left of values) {
  tell(`${left} +`, values.map((right) => left + right));
  tell(`${left} -`, values.map((right) => left - right));
  tell(`${left} *`, values.map((right) => left * right));
  print(`${left} / ${values.map((right) => attempt(() => left / right)).join(' ')}`);
  print(`${left} % ${values.map((right) => attempt(() => left % right)).join(' ')}`);
}
