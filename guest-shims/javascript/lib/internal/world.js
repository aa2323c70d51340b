// A world of the user's own, from its description: `host/build/src/wit/describe.rs` makes that.

const { codecsOf } = require('internal/world/codec');
const exporting = require('internal/world/exports');
const { handlesOf } = require('internal/world/handles');
const { provide } = require('internal/world/imports');

function describe(text) {
  const description = JSON.parse(text);
  const { resources } = description;
  const of = codecsOf(description.types, handlesOf(resources));
  provide(description, resources, of);
  exporting.prepare(description, resources, of);
}

// What the program lacks once it is loaded, or why it cannot be.
function lacking(program) {
  const [isDone, value] = require('internal/until')((async () => exporting.bind(await program()))());
  if (isDone) return value;
  const isError = require('internal/util').isError(value);
  return `The program cannot be loaded: ${isError ? value.stack : 'what it threw is no error'}`;
}

module.exports = { describe, invoke: exporting.invoke, lacking };
