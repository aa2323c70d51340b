// What a file is that neither its name nor its package says.

// Words that only an ES module can have where a statement begins; `import(` and `import.meta` apart.
const statement = /^[^\S\n]*(?:import\s*(?:["'{*]|[\w$]+\s*(?:,|from\b))|export\s*(?:[{*]|default\b|const\b|let\b|var\b|function\b|class\b|async\b)|(?:const|let|var)?[^\n]*\bawait\b)|\bimport\s*\.\s*meta\b/m;

const maybeModule = (source) => statement.test(source);

// Whether a text that cannot be compiled as CommonJS is an ES module.
function looksLikeModule(source, error) {
  return error?.name === 'SyntaxError' && maybeModule(source);
}

module.exports = { looksLikeModule, maybeModule };
