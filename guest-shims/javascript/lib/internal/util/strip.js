// Taking the escape sequences of a terminal out of a text: those of ECMA-48, whose parts have character ranges of their own.

const INTRODUCER = '(?:\\u001b[\\[()#;?]*|\\u009b)';
const PARAMETERS = '[0-?]*[ -/]*';
const FINAL = '[@-~]';
// A text for the terminal itself, such as a title or a link, ends with a bell or a string terminator.
const COMMAND = '(?:\\u001b\\]|\\u009d)[^\\u0007\\u001b\\u009c]*(?:\\u0007|\\u001b\\\\|\\u009c)';

let sequence;

exports.stripVTControlCharacters = function stripVTControlCharacters(text) {
  require('internal/validators').validateString(text, 'str');
  if (!text.includes('\u001b') && !text.includes('\u009b') && !text.includes('\u009d')) return text;
  sequence ??= new RegExp(`${COMMAND}|${INTRODUCER}${PARAMETERS}${FINAL}`, 'g');
  return text.replace(sequence, '');
};
