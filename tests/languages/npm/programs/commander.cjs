const { Command } = require('commander');
const program = new Command();
program.name('tool').description('does things').version('1.2.3').exitOverride();
program.command('split <text>').option('-s, --separator <char>', 'separator', ',').option('--first').action((text, options) => { console.log(text.split(options.separator, options.first ? 1 : undefined)); });
program.parse(['node', 'tool', 'split', '-s', '/', 'a/b/c']);
program.parse(['node', 'tool', 'split', '--first', 'a,b']);
console.log(program.helpInformation());
