const Ajv = require('ajv');
const ajv = new Ajv({ allErrors: true });
const validate = ajv.compile({ type: 'object', properties: { a: { type: 'integer', minimum: 3 }, b: { type: 'array', items: { type: 'string', pattern: '^x' }, uniqueItems: true } }, required: ['a', 'c'], additionalProperties: false });
console.log(validate({ a: 1, b: ['x', 'x', 'y'], d: 1 }), JSON.stringify(validate.errors));
console.log(validate({ a: 3, c: 1 }), JSON.stringify(validate.errors));
