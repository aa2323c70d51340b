// atob and btoa, by the HTML standard.

const { codes } = require('internal/errors');

function invalidCharacter() {
  const { DOMException } = require('internal/domexception');
  return new DOMException('Invalid character', 'InvalidCharacterError');
}

function btoa(input) {
  if (arguments.length === 0) throw new codes.ERR_MISSING_ARGS('input');
  input = `${input}`;
  for (let i = 0; i < input.length; i++) if (input.charCodeAt(i) > 255) throw invalidCharacter();
  const { Buffer } = require('internal/buffer/core');
  return Buffer.from(input, 'latin1').toString('base64');
}

function atob(input) {
  if (arguments.length === 0) throw new codes.ERR_MISSING_ARGS('input');
  input = `${input}`.replace(/[\t\n\f\r ]+/g, '');
  if (input.length % 4 === 0) input = input.replace(/={1,2}$/, '');
  if (/[^A-Za-z0-9+/]/.test(input)) throw invalidCharacter();
  if (input.length % 4 === 1) {
    const { DOMException } = require('internal/domexception');
    throw new DOMException('The string to be decoded is not correctly encoded.', 'InvalidCharacterError');
  }
  const { Buffer } = require('internal/buffer/core');
  return Buffer.from(input, 'base64').toString('latin1');
}

module.exports = { atob, btoa };
