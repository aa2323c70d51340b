const Handlebars = require('handlebars');
Handlebars.registerHelper('loud', (text) => text.toUpperCase());
const template = Handlebars.compile('{{#each people}}{{@index}}: {{loud name}}{{#if admin}} *{{/if}}\n{{else}}nobody{{/each}}{{{raw}}} {{raw}}');
console.log(template({ people: [{ name: 'ann', admin: true }, { name: 'bob' }], raw: '<b>' }), template({}));
