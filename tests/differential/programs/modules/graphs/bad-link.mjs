import './bad-link-child.mjs';
import { none } from './fine.mjs';
