// Loaded before a program (LD_PRELOAD), it shows the program another time of day: see clock_shift.c. It has nothing to
// call.
