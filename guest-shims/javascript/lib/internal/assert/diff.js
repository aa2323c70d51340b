// The difference of two values, line by line, as it stands in the message of an AssertionError.

const { inspect } = require('internal/util/inspect');

const colors = { plus: '+', minus: '-', actual: '+ actual', expected: '- expected', dots: '...' };

function paint() {
  const color = (code, text) => `\u001b[${code}m${text}\u001b[39m`;
  return {
    plus: color(32, '+'), minus: color(31, '-'), actual: color(32, '+ actual'), expected: color(31, '- expected'),
    dots: color(34, '...'),
  };
}

function signs() {
  if (!binding.stdio.isTTY(2)) return colors;
  const { stderr } = require('process');
  return stderr.isTTY && stderr.hasColors?.() ? paint() : colors;
}

const show = (value) => inspect(value, {
  compact: false,
  customInspect: false,
  depth: 1000,
  maxArrayLength: Infinity,
  showHidden: false,
  showProxy: false,
  sorted: true,
  getters: true,
});

const titles = {
  deepStrictEqual: 'Expected values to be strictly deep-equal:',
  strictEqual: 'Expected values to be strictly equal:',
  strictEqualObject: 'Expected "actual" to be reference-equal to "expected":',
  deepEqual: 'Expected values to be loosely deep-equal:',
  notDeepStrictEqual: 'Expected "actual" not to be strictly deep-equal to:',
  notStrictEqual: 'Expected "actual" to be strictly unequal to:',
  notStrictEqualObject: 'Expected "actual" not to be reference-equal to "expected":',
  notDeepEqual: 'Expected "actual" not to be loosely deep-equal to:',
  notIdentical: 'Values have same structure but are not reference-equal:',
  notDeepEqualUnequal: 'Expected values not to be loosely deep-equal:',
};

// Of a long text only the beginning is shown.
function shortened(lines, sign) {
  return lines.length > 50 ? [...lines.slice(0, 46), sign.dots] : lines;
}

const isPrimitive = (value) => value === null || typeof value !== 'object' && typeof value !== 'function';
const isObject = (value) => typeof value === 'object' && value !== null;

// Two short values need no picture of their difference, and in a line of medium length a caret shows where it is.
function ofSingleLines(a, b, actual, expected, operator) {
  const length = a.length + b.length;
  if (length <= 12) {
    const bothPlain = !isObject(actual) && !isObject(expected);
    if (bothPlain && (actual !== 0 || expected !== 0)) return { whole: `${titles[operator]}\n\n${a} !== ${b}\n` };
    return { caret: '' };
  }
  const { stderr } = binding.stdio.isTTY(2) ? require('process') : { stderr: undefined };
  if (operator === 'strictEqualObject' || length >= (stderr?.isTTY ? stderr.columns : 80)) return { caret: '' };
  let same = 0;
  while (a[same] === b[same]) same++;
  return { caret: same > 2 ? `\n  ${' '.repeat(same)}^` : '' };
}

// The lines that both end with are taken off; at most four of them are shown.
function takeTail(left, right, sign) {
  let count = 0;
  while (count < left.length && count < right.length && left.at(-1 - count) === right.at(-1 - count)) count++;
  if (count === 0) return { text: '', skipped: false };
  const tail = left.slice(left.length - count);
  left.length -= count;
  right.length -= count;
  const shown = count <= 4 ? tail.map((line) => `\n  ${line}`) :
    [`\n  ${tail[0]}`, `\n${sign.dots}`, ...tail.slice(-3).map((line) => `\n  ${line}`)];
  return { text: shown.join(''), skipped: count > 4 };
}

// A comma at the end is no difference: it only says that more follows.
function sameLine(a, b) {
  if (a === b || a.endsWith(',') && a.slice(0, -1) === b) return a;
  return b.endsWith(',') && b.slice(0, -1) === a ? `${a},` : undefined;
}

class Picture {
  text = '';
  // Lines of `expected` wait here, so that a row of differences shows as +++--- and not as +-+-+-.
  waiting = '';
  skipped = false;
  printed = 0;
  #run = 0;
  #sign;

  constructor(sign) {
    this.#sign = sign;
  }

  #line(text) {
    this.text += `\n  ${text}`;
    this.printed++;
  }

  same(line) {
    this.text += this.waiting;
    this.waiting = '';
    if (++this.#run <= 2) this.#line(line);
  }

  // Of a long run of equal lines its two first and its two last are shown.
  endRun(lines, at) {
    const run = this.#run;
    this.#run = 0;
    if (run <= 2) return;
    let last = run - 2;
    if (last > 3) {
      this.text += `\n${this.#sign.dots}`;
      this.skipped = true;
      last = 2;
    }
    for (let i = at - last; i < at; i++) this.#line(lines[i]);
  }

  plus(line) {
    this.text += `\n${this.#sign.plus} ${line}`;
    this.printed++;
  }

  minus(line) {
    this.waiting += `\n${this.#sign.minus} ${line}`;
    this.printed++;
  }
}

function difference(actual, expected, operator) {
  const sign = signs();
  if (operator === 'strictEqual' && (isObject(actual) && isObject(expected) ||
      typeof actual === 'function' && typeof expected === 'function')) {
    operator = 'strictEqualObject';
  }
  const whole = show(actual);
  const left = whole.split('\n');
  const right = show(expected).split('\n');

  let caret = '';
  if (left.length === 1 && right.length === 1 && left[0] !== right[0]) {
    const single = ofSingleLines(left[0], right[0], actual, expected, operator);
    if (single.whole !== undefined) return single.whole;
    caret = single.caret;
  }

  const tail = takeTail(left, right, sign);
  const rows = Math.max(left.length, right.length);
  if (rows === 0) return `${titles.notIdentical}\n\n${shortened(whole.split('\n'), sign).join('\n')}\n`;

  const title = `${titles[operator]}\n${sign.actual} ${sign.expected}`;
  const skippedTitle = `${title} ${sign.dots} Lines skipped`;
  const picture = new Picture(sign);
  for (let i = 0; i < rows; i++) {
    if (i >= right.length) {
      picture.endRun(left, i);
      picture.plus(left[i]);
    } else if (i >= left.length) {
      picture.endRun(right, i);
      picture.minus(right[i]);
    } else {
      const line = sameLine(left[i], right[i]);
      if (line !== undefined) picture.same(line);
      else {
        picture.endRun(left, i);
        picture.plus(left[i]);
        picture.minus(right[i]);
      }
    }
    if (picture.printed > 50 && i < rows - 2) {
      return `${skippedTitle}\n${picture.text}\n${sign.dots}${picture.waiting}\n${sign.dots}`;
    }
  }
  const skipped = picture.skipped || tail.skipped;
  return `${skipped ? skippedTitle : title}\n${picture.text}${picture.waiting}${tail.text}${caret}`;
}

module.exports = { difference, isPrimitive, shortened, show, signs, titles };
