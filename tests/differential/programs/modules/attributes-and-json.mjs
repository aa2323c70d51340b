import { tell, told } from '../../show.mjs';
told('syntax', () => { for (const source of ["import a from 'x'", 'export default 1', "import('x', 'y', 'z')", 'import.meta', 'new import.meta()', "import.source('x')"]) { try { new Function(source); } catch (error) { continue; } throw new Error(source); } return 'all refused'; });
told('import is no function', () => { try { eval('import'); } catch (error) { return error.name; } });
tell('of a rejecting specifier', await import({ toString() { throw new RangeError('text'); } }).catch((error) => error.name), await import(Symbol()).catch((error) => error.name));
tell('meta', typeof import.meta, Object.getPrototypeOf(import.meta), Object.isExtensible(import.meta), (() => { import.meta.own = 1; return import.meta.own; })());
