import { tell, told } from '../../show.mjs';
for (let bits = 0n; bits <= 200n; bits += 8n) { const value = (1n << bits) - 1n; tell(`2**${bits}-1`, value, -value >> 1n, value >> (bits / 2n), (value * value).toString(16).length, value ** 2n === value * value, BigInt.asIntN(Number(bits), value), -value & 0xffn, ~value | 1n); }
tell('powers', 0n ** 0n, (-2n) ** 63n, (-1n) ** 1000001n, 3n ** 100n, 10n ** 50n, (-7n) ** 21n);
told('too large', () => { try { return (2n ** 2000000000n) > 0n; } catch (error) { return error.name; } });
told('too far', () => { try { return 1n << 2n ** 40n; } catch (error) { return error.name; } });
tell('far right', 1n >> 2n ** 40n, -1n >> 2n ** 40n, 5n << -(2n ** 70n), -5n >> 1000n);
