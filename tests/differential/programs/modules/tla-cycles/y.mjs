import { log } from '../tla/log.mjs';
import './x.mjs';
log('y begins');
await null;
log('y throws');
throw new Error('from y');
