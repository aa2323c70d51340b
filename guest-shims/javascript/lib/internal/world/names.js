// Names of WIT as JavaScript has them, by the convention of the tools that bind the two: lowerCamelCase, classes
// UpperCamelCase.

const upper = (name) => name.split('-').map((word) => word[0].toUpperCase() + word.slice(1).toLowerCase()).join('');

function lower(name) {
  const whole = upper(name);
  return whole[0].toLowerCase() + whole.slice(1);
}

const kind = (value) => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  switch (typeof value) {
    case 'undefined': return 'undefined';
    case 'object': return 'an object';
    default: return `a ${typeof value}`;
  }
};

// What was found where something else was expected.
function shown(value) {
  switch (typeof value) {
    case 'number': case 'boolean': return `${value}`;
    case 'bigint': return `${value}n`;
    case 'string': return `the string ${JSON.stringify(value.slice(0, 40))}${value.length > 40 ? '…' : ''}`;
    default: return kind(value);
  }
}

module.exports = { lower, shown, upper };
