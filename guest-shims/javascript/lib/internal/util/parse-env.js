// The text of a `.env` file.

const LINE = /^[ \t]*(?:export[ \t]+)?([^\s=#][^=\n]*?)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|`([^`]*)`|([^\n#]*))/gm;

exports.parseEnv = function parseEnv(content) {
  require('internal/validators').validateString(content, 'content');
  const values = {};
  for (const [, name, double, single, back, bare] of content.replaceAll('\r\n', '\n').matchAll(LINE)) {
    values[name] = double !== undefined ? double.replaceAll('\\n', '\n') : single ?? back ?? bare.trim();
  }
  return values;
};
