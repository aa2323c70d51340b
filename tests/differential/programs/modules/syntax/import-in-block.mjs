{ import '../live/counter.mjs'; }
