import { tell } from '../../show.mjs';
// Schoolbook division at its edges: quotient digits that are guessed one too high, borrows over many words.
let state = 88172645463325252n;
const next = () => { state ^= BigInt.asUintN(64, state << 13n); state ^= state >> 7n; state ^= BigInt.asUintN(64, state << 17n); return state; };
let wrong = 0;
let sum = 0n;
for (let at = 0; at < 400; at++) {
  let left = 0n;
  let right = 0n;
  for (let word = 0; word < (at % 9) + 1; word++) left = (left << 64n) | (at % 3 === 0 ? 0xffffffffffffffffn : next());
  for (let word = 0; word < (at % 5) + 1; word++) right = (right << 32n) | (at % 4 === 0 ? 0xffffffffn : next() & 0xffffffffn);
  if (at % 2) left = -left;
  if (at % 7 === 0) right = -right;
  const quotient = left / right;
  const rest = left % right;
  if (quotient * right + rest !== left) wrong++;
  sum = (sum * 31n + quotient * 7n + rest) % 1000000000000000000000007n;
}
tell('wrong', wrong);
tell('sum', sum);
tell('edges', (2n ** 128n - 1n) / (2n ** 64n - 1n), (2n ** 128n - 1n) / (2n ** 64n + 1n), (2n ** 96n) / (2n ** 32n - 1n), (2n ** 127n - 1n) % (2n ** 64n - 59n), -7n / 2n, -7n % 2n, 7n / -2n, 7n % -2n);
