import { each, tell } from '../../show.mjs';
const values = [0, -0, 1.5, 5, 2 ** 53 - 1, 2 ** 53, -(2 ** 53), NaN, Infinity, '5', null, undefined, 5n, new Number(5), 5.000000000000001, 1e300];
for (const name of ['isInteger', 'isSafeInteger', 'isFinite', 'isNaN']) each(`Number.${name}`, values, Number[name]);
each('isFinite', values.filter((value) => typeof value !== 'bigint'), isFinite);
each('isNaN', values.filter((value) => typeof value !== 'bigint'), isNaN);
tell('constants', Number.EPSILON, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, Number.MAX_VALUE, Number.MIN_VALUE, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN);
tell('descriptors', ...['EPSILON', 'MAX_VALUE', 'NaN'].map((name) => Object.getOwnPropertyDescriptor(Number, name)));
tell('same', Number.parseFloat === parseFloat, Number.parseInt === parseInt, Number.isNaN === isNaN);
