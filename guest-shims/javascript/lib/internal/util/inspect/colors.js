// The escape sequences that begin and end a colour or another look, and what they are used for.

const colors = {
  __proto__: null,
  reset: [0, 0],
  bold: [1, 22],
  dim: [2, 22],
  italic: [3, 23],
  underline: [4, 24],
  blink: [5, 25],
  inverse: [7, 27],
  hidden: [8, 28],
  strikethrough: [9, 29],
  doubleunderline: [21, 24],
};

const names = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];
const capital = (name) => name[0].toUpperCase() + name.slice(1);
const bright = (name) => name === 'black' ? 'gray' : `${name}Bright`;

names.forEach((name, i) => { colors[name] = [30 + i, 39]; });
names.forEach((name, i) => { colors[`bg${capital(name)}`] = [40 + i, 49]; });
colors.framed = [51, 54];
colors.overlined = [53, 55];
names.forEach((name, i) => { colors[bright(name)] = [90 + i, 39]; });
names.forEach((name, i) => { colors[`bg${capital(bright(name))}`] = [100 + i, 49]; });

function alias(target, ...others) {
  for (const other of others) {
    Object.defineProperty(colors, other, {
      get: () => colors[target],
      set: (value) => { colors[target] = value; },
      configurable: true,
      enumerable: false,
    });
  }
}
alias('gray', 'grey', 'blackBright');
alias('bgGray', 'bgGrey', 'bgBlackBright');
alias('dim', 'faint');
alias('strikethrough', 'crossedout', 'strikeThrough', 'crossedOut');
alias('hidden', 'conceal');
alias('inverse', 'swapColors', 'swapcolors');
alias('doubleunderline', 'doubleUnderline');

exports.colors = colors;
exports.styles = {
  __proto__: null,
  special: 'cyan',
  number: 'yellow',
  bigint: 'yellow',
  boolean: 'yellow',
  undefined: 'grey',
  null: 'bold',
  string: 'green',
  symbol: 'green',
  date: 'magenta',
  regexp: 'red',
  module: 'underline',
};
