import yargs from 'yargs';
const parser = yargs([]).scriptName('tool').locale('en').option('size', { type: 'number', default: 2, describe: 'how large' }).command('go <where>', 'goes', (y) => y.positional('where', { type: 'string' })).help().exitProcess(false);
console.log(JSON.stringify(parser.parseSync(['go', 'there', '--size', '7', '--', 'rest'])));
console.log(await parser.getHelp());
