#ifndef CKEEPER_H
#define CKEEPER_H

/// Starts a program and ends everything that it started, however whoever asked for it ends.
///
/// To be called in a process of its own, the leader of a session, that has done nothing before. Descriptor 3 is the end
/// of a pipe from which orders are read: a byte T sends SIGTERM to the program and all it started, a byte K sends
/// SIGKILL, and the end of the pipe does too. What becomes of the program is written to descriptor 4 in one line:
/// "exit STATUS", "signal NUMBER", or "error ERRNO" where it could not be started. What the program leaves behind
/// gets SIGTERM, and SIGKILL when the grace is over.
///
/// - words: how long the grace is, in milliseconds, the program, its arguments, and NULL.
/// Returns an exit status.
int varve_keep_program(char *const words[]);

#endif
