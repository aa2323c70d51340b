/* Put before every file of QuickJS. It switches its stack limit off where it sees WASI, and a guest that recurses without
   end would trap instead of throwing a RangeError. So the headers of libc are read first, as for WASI, and then WASI is
   hidden from QuickJS itself. It asks for malloc_usable_size where it sees glibc. */
#include <assert.h>
#include <errno.h>
#include <fenv.h>
#include <inttypes.h>
#include <malloc.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#undef __wasi__
#define __GLIBC__ 2
