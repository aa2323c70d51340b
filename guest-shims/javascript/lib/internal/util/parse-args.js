// util.parseArgs: the arguments of a command, by a description of its options.

const { codes } = require('internal/errors');
const {
  validateArray, validateBoolean, validateBooleanArray, validateObject, validateString, validateStringArray,
} = require('internal/validators');

// ---- what is asked for ---------------------------------------------------------------------------------------------

function ownArguments() {
  const { argv, execArgv } = require('process');
  const isEval = execArgv.some((each) => ['-e', '--eval', '-p', '--print'].includes(each));
  return argv.slice(isEval ? 1 : 2);
}

const own = (object, key) => Object.hasOwn(object, key) ? object[key] : undefined;

function checkOptions(options) {
  for (const [name, option] of Object.entries(options)) {
    validateObject(option, `options.${name}`);
    const type = own(option, 'type');
    if (type !== 'string' && type !== 'boolean') {
      throw new codes.ERR_INVALID_ARG_TYPE(`options.${name}.type`, "('string|boolean')", type);
    }
    if (Object.hasOwn(option, 'short')) {
      validateString(option.short, `options.${name}.short`);
      if (option.short.length !== 1) {
        throw new codes.ERR_INVALID_ARG_VALUE(`options.${name}.short`, option.short, 'must be a single character');
      }
    }
    const multiple = own(option, 'multiple');
    if (Object.hasOwn(option, 'multiple')) validateBoolean(multiple, `options.${name}.multiple`);
    const value = own(option, 'default');
    if (value === undefined) continue;
    const label = `options.${name}.default`;
    if (type === 'string') (multiple ? validateStringArray : validateString)(value, label);
    else (multiple ? validateBooleanArray : validateBoolean)(value, label);
  }
}

const typeOf = (options, name) => own(own(options, name) ?? {}, 'type');

function nameOfShort(letter, options) {
  const found = Object.entries(options).find(([, option]) => own(option, 'short') === letter);
  return found === undefined ? letter : found[0];
}

// ---- tokens --------------------------------------------------------------------------------------------------------

const option = (name, rawName, index, value, inlineValue) => ({ kind: 'option', name, rawName, index, value, inlineValue });

// `-abc` is `-a -b -c`, until an option takes the rest as its value.
function shortTokens(arg, index, options, tokens, next) {
  for (let i = 1; i < arg.length; i++) {
    const rawName = `-${arg[i]}`;
    const name = nameOfShort(arg[i], options);
    const isLast = i === arg.length - 1;
    if (typeOf(options, name) !== 'string') {
      tokens.push(option(name, rawName, index, undefined, undefined));
    } else if (!isLast) {
      tokens.push(option(name, rawName, index, arg.slice(i + 1), true));
      return false;
    } else if (next !== undefined) {
      tokens.push(option(name, rawName, index, next, false));
      return true;
    } else {
      tokens.push(option(name, rawName, index, undefined, undefined));
    }
  }
  return false;
}

// A value may begin with a dash only where it is strict: that is said to be ambiguous then.
function tokensOf(args, options) {
  const tokens = [];
  for (let index = 0; index < args.length; index++) {
    const arg = args[index];
    const next = index + 1 < args.length ? args[index + 1] : undefined;
    if (arg === '--') {
      tokens.push({ kind: 'option-terminator', index });
      while (++index < args.length) tokens.push({ kind: 'positional', index, value: args[index] });
      break;
    }
    if (arg.length < 2 || arg[0] !== '-') {
      tokens.push({ kind: 'positional', index, value: arg });
    } else if (arg[1] !== '-') {
      if (shortTokens(arg, index, options, tokens, next)) index++;
    } else {
      const equals = arg.indexOf('=', 3);
      if (equals !== -1) {
        tokens.push(option(arg.slice(2, equals), arg.slice(0, equals), index, arg.slice(equals + 1), true));
      } else if (typeOf(options, arg.slice(2)) === 'string' && next !== undefined) {
        tokens.push(option(arg.slice(2), arg, index, next, false));
        index++;
      } else {
        tokens.push(option(arg.slice(2), arg, index, undefined, undefined));
      }
    }
  }
  return tokens;
}

// ---- the result ----------------------------------------------------------------------------------------------------

function shownName(options, name) {
  const short = own(own(options, name) ?? {}, 'short');
  return `${short ? `-${short}, ` : ''}--${name}`;
}

function checkToken(token, options, allowPositionals) {
  const { name, rawName, value } = token;
  if (!Object.hasOwn(options, name)) throw new codes.ERR_PARSE_ARGS_UNKNOWN_OPTION(rawName, allowPositionals);
  const type = typeOf(options, name);
  if (type === 'string' && typeof value !== 'string') {
    throw new codes.ERR_PARSE_ARGS_INVALID_OPTION_VALUE(`Option '${shownName(options, name)} <value>' argument missing`);
  }
  if (type === 'boolean' && value !== undefined) {
    throw new codes.ERR_PARSE_ARGS_INVALID_OPTION_VALUE(`Option '${shownName(options, name)}' does not take an argument`);
  }
  if (token.inlineValue === false && value.length > 1 && value[0] === '-') {
    const short = own(own(options, name) ?? {}, 'short');
    const example = rawName.startsWith('--') || !short ? `'${rawName}=-XYZ'` : `'--${name}=-XYZ' or '${rawName}-XYZ'`;
    throw new codes.ERR_PARSE_ARGS_INVALID_OPTION_VALUE(`Option '${rawName}' argument is ambiguous.\n` +
      `Did you forget to specify the option argument for '${rawName}'?\n` +
      `To specify an option argument starting with a dash use ${example}.`);
  }
}

function store(values, options, { name, value, rawName }) {
  if (name === '__proto__') return;
  const stored = value ?? rawName !== `--no-${name}`;
  if (own(own(options, name) ?? {}, 'multiple')) (values[name] ??= []).push(stored);
  else values[name] = stored;
}

exports.parseArgs = function parseArgs(config = {}) {
  validateObject(config, 'config');
  const args = own(config, 'args') ?? ownArguments();
  const strict = own(config, 'strict') ?? true;
  const allowPositionals = own(config, 'allowPositionals') ?? !strict;
  const wantsTokens = own(config, 'tokens') ?? false;
  const options = own(config, 'options') ?? { __proto__: null };
  const allowNegative = own(config, 'allowNegative') ?? false;

  validateArray(args, 'args');
  validateBoolean(strict, 'strict');
  validateBoolean(allowPositionals, 'allowPositionals');
  validateBoolean(wantsTokens, 'tokens');
  validateBoolean(allowNegative, 'allowNegative');
  validateObject(options, 'options');
  checkOptions(options);

  const tokens = tokensOf(args, options);
  const result = { values: { __proto__: null }, positionals: [] };
  if (wantsTokens) result.tokens = tokens;
  for (const token of tokens) {
    if (token.kind === 'option') {
      if (allowNegative && token.value === undefined && token.name.startsWith('no-') &&
          typeOf(options, token.name.slice(3)) === 'boolean' && !Object.hasOwn(options, token.name)) {
        token.name = token.name.slice(3);
      }
      if (strict) checkToken(token, options, allowPositionals);
      store(result.values, options, token);
    } else if (token.kind === 'positional') {
      if (!allowPositionals) throw new codes.ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL(token.value);
      result.positionals.push(token.value);
    }
  }
  for (const [name, { default: value }] of Object.entries(options)) {
    if (name !== '__proto__' && value !== undefined && result.values[name] === undefined) result.values[name] = value;
  }
  return result;
};
